// Histograms of samples: how many rows lie in each cell of a grid.
#pragma once

#include <cstdint>
#include <span>

#include "bin_grid.hpp"
#include "count_keys.hpp"
#include "execution.hpp"
#include "kernels/kernels.hpp"

namespace fastmi {

struct Rest {
  std::int64_t n_rows = 0;  // that are in no cell: outside a range, or with NaN
  bool all_finite = true;   // whether all values of all rows are
};

// Adds the rows to the counts, one for each cell and fewer than 2^31.
Rest fill_histogram(const SampleView& samples, const BinGrid& grid, std::span<std::int64_t> counts,
                    Execution& execution);

struct SparseHistogram {
  KeyCounts cells;  // those that have rows
  Rest rest;
};

SparseHistogram sparse_histogram(const SampleView& samples, const BinGrid& grid, Execution& execution);

}  // namespace fastmi
