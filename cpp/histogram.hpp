// Histograms of samples: how many rows lie in each cell of a grid.
#pragma once

#include <cstdint>
#include <span>

#include "bin_grid.hpp"
#include "count_keys.hpp"
#include "execution.hpp"
#include "kernels/kernels.hpp"

namespace fastmi {

// Adds the rows to the counts, one for each cell and fewer than 2^31. Returns how many rows are in none: those outside
// a range, and those with NaN.
std::int64_t fill_histogram(const SampleView& samples, const BinGrid& grid, std::span<std::int64_t> counts,
                            Execution& execution);

struct SparseHistogram {
  KeyCounts cells;  // those that have rows
  std::int64_t n_outside = 0;
};

SparseHistogram sparse_histogram(const SampleView& samples, const BinGrid& grid, Execution& execution);

}  // namespace fastmi
