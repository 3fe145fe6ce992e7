// The range of every column, and the rows that have none.
#pragma once

#include <cstdint>
#include <vector>

#include "execution.hpp"
#include "kernels/kernels.hpp"
#include "range.hpp"

namespace fastmi {

struct Extremes {
  std::vector<Range> columns;        // over the rows without NaN and infinity
  std::int64_t n_with_nan = 0;       // rows
  std::int64_t first_with_nan = -1;  // row, or -1
  std::int64_t first_infinite = -1;  // row, or -1
};

Extremes find_extremes(const SampleView& samples, Execution& execution);

}  // namespace fastmi
