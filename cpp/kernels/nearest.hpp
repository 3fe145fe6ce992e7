// The k smallest distances so far, in two ways. As in simd.hpp, nothing here may be emitted out of line.
#pragma once

#include "kernels.hpp"
#include "simd.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

// Of one query, as a binary max-heap: the greatest of them comes first and is the search radius. For a distance below
// nearest[0], which it replaces.
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

// Of as many queries as there are lanes, ascending, in registers and without branches.
template <int K>
struct Nearest {
  Lanes best[K];

  Nearest() {
    for (Lanes& lanes : best) lanes = broadcast(infinity);
  }

  const Lanes& radius() const { return best[K - 1]; }

  void offer(Lanes distance) {
    for (int m = 0; m < K - 1; ++m) {
      const Lanes smaller = min(best[m], distance);
      distance = max(best[m], distance);
      best[m] = smaller;
    }
    best[K - 1] = min(best[K - 1], distance);
  }
};

}  // namespace
}  // namespace fastmi::FASTMI_ISA
