// Neighbours closer than a radius in a sorted column: between the last value too far below and the first too far above.
//
// The grid says about where such a boundary lies, and a window of values around that place is compared at once.
// "Closer" holds on one side of the boundary and nowhere on the other, over the whole column: so if it holds for some
// of the window and not for all, the boundary is in the window, and a count is its place. Otherwise it is searched for.
#include "kernels.hpp"
#include "simd.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

constexpr std::int64_t window = 8;
static_assert(window <= grid_padding && window % Lanes::width == 0);
constexpr std::int64_t batch = 64;

// The cells of `level` that the values lie in, or are nearest to.
inline void find_cells(const GridLevel& level, const double* values, std::int32_t* cell) {
  const Lanes origin = broadcast(level.origin);
  const Lanes cells_per_unit = broadcast(level.cells_per_unit);
  const Lanes last_cell = broadcast(level.last_cell);
  for (std::int64_t i = 0; i < batch; i += Lanes::width) {
    const Lanes position = (load(values + i) - origin) * cells_per_unit;
    store_truncated(cell + i, min(max(position, broadcast(0)), last_cell));
  }
}

// Where to look for a value that lies in a cell with a grid of its own.
inline std::int64_t place_in_cell(const GridView& grid, double value, std::int64_t place) {
  while (place < 0) {
    const GridLevel& level = grid.levels[~place];
    double position = (value - level.origin) * level.cells_per_unit;
    position = position > 0 ? position : 0;
    position = position < level.last_cell ? position : level.last_cell;
    place = grid.cells[level.first_cell + static_cast<std::int64_t>(position)];
  }
  return place;
}

// A prefix of the column is in question: the values below x + radius if `above`, those not above x - radius if not.
template <bool above>
inline bool in_prefix(double value, double x, double radius) {
  return above ? value - x < radius : !(x - value < radius);
}

// How many of the window are in the prefix.
template <bool above>
inline std::int64_t prefix_of_window(const double* values, double x, double radius) {
  const Lanes query = broadcast(x);
  const Lanes limit = broadcast(above ? -radius : radius);
  Mask closer = 0;
  for (int i = 0; i < window; i += Lanes::width) {
    const Lanes difference = query - load(values + i);
    closer |= (above ? less(limit, difference) : less(difference, limit)) << i;
  }
  return above ? count_bits(closer) : window - count_bits(closer);
}

// Where the prefix ends, without a hint.
template <bool above>
std::int64_t search(const GridView& grid, double x, double radius) {
  std::int64_t begin = 0;
  std::int64_t length = grid.n;
  while (length > 0) {
    const std::int64_t half = length / 2;
    const bool right = in_prefix<above>(grid.sorted[begin + half], x, radius);
    begin = right ? begin + half + 1 : begin;
    length = right ? length - half - 1 : half;
  }
  return begin;
}

// Where the prefix ends; `value` is where it should, and lies in that cell of the coarsest grid.
template <bool above>
inline std::int64_t boundary(const GridView& grid, double x, double radius, double value, std::int32_t cell) {
  std::int64_t place = grid.cells[cell];
  if (place < 0) place = place_in_cell(grid, value, place);
  const std::int64_t prefix = prefix_of_window<above>(grid.sorted + place, x, radius);
  if (prefix > 0 && prefix < window) return place + prefix;
  return prefix == 0 && place == 0 ? 0 : search<above>(grid, x, radius);
}

}  // namespace

void count_sorted(const GridView& view, std::int64_t begin, std::int64_t end, const double* radius,
                  std::int64_t* count) {
  const GridView grid = view;  // a local copy stays in registers
  double low[batch] = {};
  double high[batch] = {};
  std::int32_t cell_of_low[batch];
  std::int32_t cell_of_high[batch];
  for (; begin < end; begin += batch, radius += batch, count += batch) {
    const double* x = grid.sorted + begin;
    const std::int64_t size = end - begin < batch ? end - begin : batch;
    for (std::int64_t i = 0; i < size; ++i) {
      low[i] = x[i] - radius[i];
      high[i] = x[i] + radius[i];
    }
    find_cells(grid.levels[0], low, cell_of_low);
    find_cells(grid.levels[0], high, cell_of_high);
    for (std::int64_t i = 0; i < size; ++i) {
      if (!(radius[i] > 0)) {
        count[i] = 0;
        continue;
      }
      count[i] = boundary<true>(grid, x[i], radius[i], high[i], cell_of_high[i]) -
                 boundary<false>(grid, x[i], radius[i], low[i], cell_of_low[i]) - 1;
    }
  }
}

}  // namespace fastmi::FASTMI_ISA
