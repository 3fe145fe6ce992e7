// The k-th smallest of some values: what std::nth_element finds, several times faster.
#pragma once

#include <cstdint>

#include "buffer.hpp"
#include "kernels/kernels.hpp"

namespace fastmi {

struct Ranked {
  double value;
  std::int64_t n_less;
};

// The value that `rank` others come before, in order, and how many are less than it. lane_padding more values may be
// read behind the n. Scratch has room for as many.
Ranked kth_smallest(const Kernels& kernel, const double* values, std::int64_t n, std::int64_t rank, double* scratch,
                    double* more_scratch);

}  // namespace fastmi
