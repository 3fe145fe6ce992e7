// The k nearest among a few points, each against all: where they lie together already, a good first bound.
#include "nearest.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

// From point i to the points from `first` on, one in each lane.
template <bool periodic>
inline Lanes distance(const LeafView& leaf, std::int64_t i, std::int64_t first) {
  Lanes greatest = broadcast(0);
  for (std::int64_t c = 0; c < leaf.n_columns; ++c) {
    const double* column = leaf.points + c * leaf.stride;
    const Lanes direct = abs(load(column + first) - broadcast(column[i]));
    greatest = max(greatest, periodic ? shortest_way(direct, broadcast(leaf.period[c])) : direct);
  }
  return greatest;
}

template <bool periodic>
void search(const LeafView& leaf, std::int64_t k, double* nearest) {
  double distances[leaf_size * Lanes::width];
  for (std::int64_t first = 0; first < leaf.size; first += Lanes::width) {
    for (std::int64_t i = 0; i < leaf.size; ++i) {
      store(distances + i * Lanes::width, distance<periodic>(leaf, i, first));
    }
    leave_themselves_out(distances, first, leaf.size);
    const std::int64_t n_queries = leaf.size - first < Lanes::width ? leaf.size - first : Lanes::width;
    take_nearest(distances, leaf.size, n_queries, k, nearest + first * k);
  }
}

}  // namespace

void leaf_search(const LeafView& leaf, std::int64_t k, double* nearest) {
  bool periodic = false;
  for (std::int64_t c = 0; c < leaf.n_columns; ++c) periodic = periodic || leaf.period[c] < infinity;
  const auto by_period = periodic ? search<true> : search<false>;
  by_period(leaf, k, nearest);
}

}  // namespace fastmi::FASTMI_ISA
