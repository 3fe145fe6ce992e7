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

template <int K, bool periodic>
void search(const LeafView& leaf, double* nearest_of) {
  for (std::int64_t first = 0; first < leaf.size; first += Lanes::width) {
    Nearest<K> nearest;
    for (std::int64_t i = 0; i < leaf.size; ++i) {
      Lanes found = distance<periodic>(leaf, i, first);
      const bool is_query = first <= i && i < first + Lanes::width;
      if (is_query) found = select(Mask{1} << (i - first), found, broadcast(infinity));
      nearest.offer(found);
    }
    double found[K][Lanes::width];
    for (int m = 0; m < K; ++m) store(found[m], nearest.best[m]);
    for (std::int64_t query = first; query < leaf.size && query < first + Lanes::width; ++query) {
      for (int m = 0; m < K; ++m) nearest_of[query * K + m] = found[K - 1 - m][query - first];
    }
  }
}

// For k too many for registers.
template <bool periodic>
void search(const LeafView& leaf, std::int64_t k, double* nearest_of) {
  for (std::int64_t i = 0; i < leaf.size * k; ++i) nearest_of[i] = infinity;
  for (std::int64_t first = 0; first < leaf.size; first += Lanes::width) {
    for (std::int64_t i = 0; i < leaf.size; ++i) {
      double found[Lanes::width];
      store(found, distance<periodic>(leaf, i, first));
      for (std::int64_t query = first; query < leaf.size && query < first + Lanes::width; ++query) {
        double* nearest = nearest_of + query * k;
        if (query != i && found[query - first] < nearest[0]) improve(nearest, k, found[query - first]);
      }
    }
  }
}

template <bool periodic>
void search_for(const LeafView& leaf, std::int64_t k, double* nearest) {
  using SearchLeaf = void (*)(const LeafView&, double*);
  constexpr SearchLeaf by_k[max_register_k] = {search<1, periodic>, search<2, periodic>, search<3, periodic>,
                                               search<4, periodic>, search<5, periodic>, search<6, periodic>,
                                               search<7, periodic>, search<8, periodic>};
  if (k <= max_register_k) return by_k[k - 1](leaf, nearest);
  search<periodic>(leaf, k, nearest);
}

}  // namespace

void leaf_search(const LeafView& leaf, std::int64_t k, double* nearest) {
  bool periodic = false;
  for (std::int64_t c = 0; c < leaf.n_columns; ++c) periodic = periodic || leaf.period[c] < infinity;
  const auto by_period = periodic ? search_for<true> : search_for<false>;
  by_period(leaf, k, nearest);
}

}  // namespace fastmi::FASTMI_ISA
