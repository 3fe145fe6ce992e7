// The k smallest distances so far as a binary max-heap: the greatest of them comes first and is the search radius. As
// in simd.hpp, nothing here may be emitted out of line.
#pragma once

#include <cstdint>

namespace fastmi::FASTMI_ISA {
namespace {

// For a distance below nearest[0], which it replaces.
inline void improve(double* nearest, std::int64_t k, double distance) {
  std::int64_t hole = 0;
  for (std::int64_t child = 1; child < k; child = 2 * hole + 1) {
    if (child + 1 < k && nearest[child] < nearest[child + 1]) ++child;
    if (nearest[child] <= distance) break;
    nearest[hole] = nearest[child];
    hole = child;
  }
  nearest[hole] = distance;
}

}  // namespace
}  // namespace fastmi::FASTMI_ISA
