// Permutations that move rows only to where a third variable z is much the same, for tests of conditional independence.
//
// J. Runge, "Conditional independence testing based on a nearest-neighbor estimator of conditional mutual information",
// AISTATS (2018), arXiv:1709.01447, algorithm 1.
#pragma once

#include <cstdint>
#include <span>

#include "buffer.hpp"
#include "execution.hpp"
#include "samples.hpp"

namespace fastmi {

// rows[i * most ...] = the `most` rows of z nearest to row i, itself among them, of those no further than radius[i]; in
// the max-norm, and -1 behind the last where there are fewer. Of rows at one distance those come first that follow row
// i most closely, the first row after the last: so each row has others of its own, also where many have one value.
Buffer<std::int64_t> nearest_rows(const Samples& z, std::span<const double> radius, std::int64_t most,
                                  Execution& execution);

// rows[i] = which row comes to row i. In the given order, each row takes the first of its `most` candidates that none
// took before, or its last one if there is none such. Candidates of -1 do not count.
void take_in_turn(std::span<const std::int64_t> order, std::span<const std::int64_t> candidates, std::int64_t most,
                  std::span<std::int64_t> rows);

}  // namespace fastmi
