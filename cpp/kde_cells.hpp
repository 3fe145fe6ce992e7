// What a kernel density has in the cells of some draws: for a Monte Carlo mean where there are too many cells for a
// table.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bin_masses.hpp"
#include "buffer.hpp"
#include "execution.hpp"

namespace fastmi {

// Draws inside the range: their centres, and their bins column by column.
struct DrawnCells {
  std::span<const std::int64_t> centre;
  std::vector<std::span<const std::int32_t>> bins;
};

struct CellProbabilities {
  Buffer<double> probability;
  // The logarithm of what the draw's own centre has in the cell: a control variate, since its mean is known.
  Buffer<double> log_own;
  double inside;        // the probability of the range
  double mean_log_own;  // over all draws there may be, those outside the range counting 0
};

CellProbabilities probabilities_of(const KdeGrid& kde, const DrawnCells& draws, Execution& execution);

}  // namespace fastmi
