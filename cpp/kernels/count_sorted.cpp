// Neighbours closer than a radius in a sorted column. The grid says about where the interval ends; a window of values
// around that place is compared at once. Only where the window does not hold the end is it searched for.
#include "kernels.hpp"
#include "simd.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

constexpr std::int64_t window = 16;

inline std::int64_t cell_of(const GridView& grid, double value) {
  const double cell = (value - grid.origin) * grid.scale;
  if (!(cell > 0)) return 0;
  const auto last = static_cast<double>(grid.n_cells - 1);
  return static_cast<std::int64_t>(cell < last ? cell : last);
}

// Whether the value at `index` is closer to x than the radius: the same subtraction as ever, its sign left to `side`.
template <int side>
inline bool closer(const GridView& grid, std::int64_t index, double x, double radius) {
  const double difference = side > 0 ? grid.sorted[index] - x : x - grid.sorted[index];
  return difference < radius;
}

inline std::int64_t count_less(const double* values, double x, double radius, int side) {
  std::int64_t count = 0;
  const Lanes query = broadcast(x);
  const Lanes limit = broadcast(radius);
  for (int i = 0; i < window; i += Lanes::width) {
    const Lanes value = load(values + i);
    count += count_bits(less(side > 0 ? value - query : query - value, limit));
  }
  return count;
}

// The first index from `begin` on whose value is not closer above x (side 1), or the first from 0 on whose value is
// closer below x (side -1). The values in question are [begin, end).
template <int side>
std::int64_t boundary(const GridView& grid, std::int64_t begin, std::int64_t end, double x, double radius) {
  std::int64_t low = grid.cell_begin[cell_of(grid, side > 0 ? x + radius : x - radius)] - window / 2 + 2;
  low = low < begin ? begin : low;
  const std::int64_t high = low + window;
  if (high <= end) {
    // Ascending values: `closer` holds for a prefix above x, for a suffix below it.
    const bool low_is_in = low == begin || closer<side>(grid, low - 1, x, radius) == (side > 0);
    const bool high_is_in = high == end || closer<side>(grid, high, x, radius) == (side < 0);
    if (low_is_in && high_is_in) {
      const std::int64_t inside = count_less(grid.sorted + low, x, radius, side);
      return side > 0 ? low + inside : high - inside;
    }
  }
  std::int64_t first = begin;
  std::int64_t length = end - begin;
  while (length > 0) {
    const std::int64_t half = length / 2;
    const bool right = closer<side>(grid, first + half, x, radius) == (side > 0);
    first = right ? first + half + 1 : first;
    length = right ? length - half - 1 : half;
  }
  return first;
}

}  // namespace

void count_sorted(const GridView& grid, std::int64_t begin, std::int64_t end, const double* radius,
                  std::int64_t* count) {
  for (std::int64_t i = begin; i < end; ++i) {
    const double r = radius[i - begin];
    const double x = grid.sorted[i];
    count[i - begin] = 0;
    if (r > 0) count[i - begin] = boundary<1>(grid, i + 1, grid.n, x, r) - boundary<-1>(grid, 0, i, x, r) - 1;
  }
}

}  // namespace fastmi::FASTMI_ISA
