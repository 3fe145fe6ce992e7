// The distance before the k-th, where a search has left the k smallest.
#pragma once

#include <algorithm>
#include <cstdint>

namespace fastmi {

// Of k > 1 values that are sorted from the greatest down or a binary max-heap: see kernels/nearest.hpp.
inline double second_greatest(const double* values, std::int64_t k) {
  return k == 2 ? values[1] : std::max(values[1], values[2]);
}

}  // namespace fastmi
