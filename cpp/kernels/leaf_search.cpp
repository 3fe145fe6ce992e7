// The k nearest among a few points, each against all: where they lie together already, a good first bound.
#include "bitset.hpp"
#include "kernels.hpp"
#include "nearest.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

constexpr int n_registers = 8;
constexpr int chunk_size = n_registers * Lanes::width;
static_assert(leaf_size % chunk_size == 0);

struct Chunk {
  Lanes lanes[n_registers];
};

// Distances from the query to the points of the leaf from `begin` on.
template <bool periodic>
inline Chunk distances(const LeafView& leaf, int query, int begin) {
  Chunk distance;
  for (Lanes& lanes : distance.lanes) lanes = broadcast(0.0);
  for (std::int64_t c = 0; c < leaf.n_columns; ++c) {
    const double* column = leaf.points + c * leaf_size;
    const Lanes q = broadcast(column[query]);
    const Lanes period = broadcast(leaf.period[c]);
    for (int r = 0; r < n_registers; ++r) {
      const Lanes direct = abs(load(column + begin + r * Lanes::width) - q);
      distance.lanes[r] = max(distance.lanes[r], periodic ? shortest_way(direct, period) : direct);
    }
  }
  return distance;
}

void offer(const Lanes& distance, int begin, int query, int size, std::int64_t k, double* nearest) {
  Mask closer = less(distance, broadcast(nearest[0]));
  if (closer == 0) return;
  double distance_of[Lanes::width];
  store(distance_of, distance);
  for (; closer != 0; closer &= closer - 1) {
    const int lane = lowest_bit(closer);
    const int other = begin + lane;
    if (other < size && other != query && distance_of[lane] < nearest[0]) improve(nearest, k, distance_of[lane]);
  }
}

template <bool periodic>
void search(const LeafView& leaf, std::int64_t k, double* nearest) {
  const int size = static_cast<int>(leaf.size);
  for (int query = 0; query < size; ++query) {
    for (int begin = 0; begin < size; begin += chunk_size) {
      const Chunk distance = distances<periodic>(leaf, query, begin);
      for (int r = 0; r < n_registers; ++r) {
        offer(distance.lanes[r], begin + r * Lanes::width, query, size, k, nearest + query * k);
      }
    }
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
