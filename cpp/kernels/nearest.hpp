// The k smallest distances so far, in two ways. As in simd.hpp, nothing here may be emitted out of line.
#pragma once

#include "kernels.hpp"
#include "simd.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

// Takes a distance among the k smallest of one query, of which the greatest comes first and is the search radius.
// Those that registers could hold are sorted, and need no branches.
inline void insert_sorted(double* nearest, std::int64_t k, double distance) {
  for (std::int64_t m = 0; m + 1 < k; ++m) {
    const double kept = distance < nearest[m] ? distance : nearest[m];
    nearest[m] = nearest[m + 1] > kept ? nearest[m + 1] : kept;
  }
  nearest[k - 1] = distance < nearest[k - 1] ? distance : nearest[k - 1];
}

// More of them are a binary max-heap.
inline void insert_in_heap(double* nearest, std::int64_t k, double distance) {
  if (!(distance < nearest[0])) return;
  std::int64_t hole = 0;
  for (std::int64_t child = 1; child < k; child = 2 * hole + 1) {
    if (child + 1 < k && nearest[child] < nearest[child + 1]) ++child;
    if (nearest[child] <= distance) break;
    nearest[hole] = nearest[child];
    hole = child;
  }
  nearest[hole] = distance;
}

inline void improve(double* nearest, std::int64_t k, double distance) {
  if (k <= max_register_k) return insert_sorted(nearest, k, distance);
  insert_in_heap(nearest, k, distance);
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
