// The limit of infinitely many draws from a kernel density: the probability of each cell of a grid, which is a mean
// over centres of products over columns of normal integrals.
#pragma once

#include <cstdint>
#include <span>

#include "bin_masses.hpp"
#include "buffer.hpp"
#include "execution.hpp"

namespace fastmi {

// The probabilities of all cells, in row-major order. Products of masses below 1e-15 are left out: what they sum to is
// what is missing, with the probability outside, from a sum of 1.
Buffer<double> bin_probabilities(const KdeGrid& kde, Execution& execution);

// The probability beyond the first or the last edge of any column.
double probability_outside(const KdeGrid& kde, Execution& execution);

}  // namespace fastmi
