// The k smallest distances so far. As in simd.hpp, nothing here may be emitted out of line.
//
// Of each query they are kept as `nearest[0], ..., nearest[k - 1]` with the greatest, the search radius, first: in
// descending order if registers can hold them, otherwise as a binary max-heap.
#pragma once

#include "kernels.hpp"
#include "simd.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

// For a distance below nearest[0], which it replaces.
inline void insert_in_heap(double* nearest, std::int64_t k, double distance) {
  std::int64_t hole = 0;
  for (std::int64_t child = 1; child < k; child = 2 * hole + 1) {
    if (child + 1 < k && nearest[child] < nearest[child + 1]) ++child;
    if (nearest[child] <= distance) break;
    nearest[hole] = nearest[child];
    hole = child;
  }
  nearest[hole] = distance;
}

// For any distance. Each in turn keeps the smaller and hands on the greater, without branches.
inline void insert_in_order(double* nearest, std::int64_t k, double distance) {
  for (std::int64_t m = k; m-- > 0;) {
    const double before = nearest[m];
    nearest[m] = before < distance ? before : distance;
    distance = before > distance ? before : distance;
  }
}

inline void insert(double* nearest, std::int64_t k, double distance) {
  if (k <= max_register_k) return insert_in_order(nearest, k, distance);
  if (distance < nearest[0]) insert_in_heap(nearest, k, distance);
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

// The nearest of n points to each of n_queries, at most as many as there are lanes, from distances[i * Lanes::width +
// query]; infinite where there are not so many. K is k where registers can hold as many, or else 0.
template <int K>
void take_nearest(const double* distances, std::int64_t n, std::int64_t n_queries, std::int64_t k, double* nearest) {
  if constexpr (K == 0) {
    for (std::int64_t i = 0; i < n_queries * k; ++i) nearest[i] = infinity;
    for (std::int64_t i = 0; i < n * Lanes::width; ++i) {
      double* heap = nearest + i % Lanes::width * k;
      if (i % Lanes::width < n_queries && distances[i] < heap[0]) insert_in_heap(heap, k, distances[i]);
    }
  } else {
    Nearest<K> best;
    for (std::int64_t i = 0; i < n; ++i) best.offer(load(distances + i * Lanes::width));
    double found[K][Lanes::width];
    for (int m = 0; m < K; ++m) store(found[m], best.best[m]);
    for (std::int64_t query = 0; query < n_queries; ++query) {
      for (int m = 0; m < K; ++m) nearest[query * K + m] = found[K - 1 - m][query];
    }
  }
}

inline void take_nearest(const double* distances, std::int64_t n, std::int64_t n_queries, std::int64_t k,
                         double* nearest) {
  static_assert(max_register_k == 8);
  static constexpr decltype(&take_nearest<0>) by_k[] = {take_nearest<0>, take_nearest<1>, take_nearest<2>,
                                                        take_nearest<3>, take_nearest<4>, take_nearest<5>,
                                                        take_nearest<6>, take_nearest<7>, take_nearest<8>};
  by_k[k <= max_register_k ? k : 0](distances, n, n_queries, k, nearest);
}

// The queries from `first` on, a register of them, are not their own neighbours.
inline void leave_themselves_out(double* distances, std::int64_t first, std::int64_t n) {
  for (std::int64_t lane = 0; lane < Lanes::width && first + lane < n; ++lane) {
    double* to_all = distances + (first + lane) * Lanes::width;
    store(to_all, select(Mask{1} << lane, load(to_all), broadcast(infinity)));
  }
}

}  // namespace
}  // namespace fastmi::FASTMI_ISA
