// The limit of infinitely many draws from a kernel density: the probability of each cell of a grid, which is a mean
// over centres of products over columns of normal integrals.
#pragma once

#include <cstdint>
#include <span>

#include "bin_masses.hpp"
#include "buffer.hpp"
#include "execution.hpp"

namespace fastmi {

struct KdeLimit {
  // Of all cells, in row-major order. Products of masses below 1e-15 of what the kernel that has most inside has there
  // are left out.
  Buffer<double> probability;
  double inside = 0;   // what the probabilities sum to, but for what was left out
  double outside = 0;  // beyond the first or the last edge of any column
};

KdeLimit kde_limit(const KdeGrid& kde, Execution& execution);

}  // namespace fastmi
