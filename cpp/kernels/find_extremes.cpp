// The least and the greatest value of each column in a block of rows.
#include "row_block.hpp"
#include "simd.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

inline double greatest_lane(Lanes a) { return greatest(a); }

}  // namespace

bool find_extremes(const SampleView& samples, std::int64_t begin, std::int64_t n, double* least, double* greatest) {
  double scratch[block_rows];
  for (std::int64_t column = 0; column < samples.n_columns; ++column) {
    const double* values = column_values(samples, {begin, n}, column, scratch);
    Lanes lower = broadcast(infinity);
    Lanes upper = broadcast(-infinity);
    Lanes nought = broadcast(0);  // no longer, once a value is not finite
    for (std::int64_t i = 0; i < n; i += Lanes::width) {
      const Lanes value = load(values + i);
      lower = min(lower, value);
      upper = max(upper, value);
      nought = nought + (value - value);
    }
    if (less_equal(nought, nought) != all_lanes) return false;
    least[column] = 0 - greatest_lane(broadcast(0) - lower);  // either zero becomes the positive one
    greatest[column] = 0 + greatest_lane(upper);
  }
  return true;
}

}  // namespace fastmi::FASTMI_ISA
