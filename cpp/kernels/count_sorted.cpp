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

inline std::int64_t begin_of_cell(const GridView& grid, double value) {
  std::int64_t level = 0;
  while (true) {
    const GridLevel& cells = grid.levels[level];
    double cell = (value - cells.origin) * cells.cells_per_unit;
    cell = cell > 0 ? cell : 0;
    cell = cell < cells.last_cell ? cell : cells.last_cell;
    const std::int64_t begin = grid.cells[cells.first_cell + static_cast<std::int64_t>(cell)];
    if (begin >= 0) return begin;
    level = ~begin;
  }
}

inline std::int64_t count_closer(const double* values, double x, double radius, bool above) {
  const Lanes query = broadcast(x);
  const Lanes limit = broadcast(radius);
  int count = 0;
  for (int i = 0; i < window; i += Lanes::width) {
    const Lanes value = load(values + i);
    count += count_bits(less(above ? value - query : query - value, limit));
  }
  return count;
}

// Where a prefix of the column ends: of the values below x + radius if `above`, of those not above x - radius if not.
template <bool above>
std::int64_t search(const GridView& grid, double x, double radius) {
  std::int64_t begin = 0;
  std::int64_t length = grid.n;
  while (length > 0) {
    const std::int64_t half = length / 2;
    const double value = grid.sorted[begin + half];
    const bool in_prefix = above ? value - x < radius : !(x - value < radius);
    begin = in_prefix ? begin + half + 1 : begin;
    length = in_prefix ? length - half - 1 : half;
  }
  return begin;
}

template <bool above>
inline std::int64_t boundary(const GridView& grid, double x, double radius) {
  std::int64_t begin = begin_of_cell(grid, above ? x + radius : x - radius) - 1;
  begin = begin > 0 ? begin : 0;
  const std::int64_t closer = count_closer(grid.sorted + begin, x, radius, above);
  const std::int64_t prefix = above ? closer : window - closer;
  if (prefix == window || (prefix == 0 && begin > 0)) return search<above>(grid, x, radius);
  return begin + prefix;
}

}  // namespace

void count_sorted(const GridView& view, std::int64_t begin, std::int64_t end, const double* radius,
                  std::int64_t* count) {
  const GridView grid = view;  // a local copy stays in registers
  for (std::int64_t i = begin; i < end; ++i) {
    const double r = radius[i - begin];
    const double x = grid.sorted[i];
    count[i - begin] = r > 0 ? boundary<true>(grid, x, r) - boundary<false>(grid, x, r) - 1 : 0;
  }
}

}  // namespace fastmi::FASTMI_ISA
