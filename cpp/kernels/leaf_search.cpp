// The k nearest among a few points, each of some queries against all: where they lie together, a good first bound.
#include "nearest.hpp"
#include "tree.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

// From a point to the queries from `first` on, one in each lane.
template <Geometry geometry>
inline Lanes distance(const LeafView& queries, std::int64_t first, const LeafView& points, std::int64_t i) {
  Lanes result = broadcast(0);
  for (std::int64_t c = 0; c < points.n_columns; ++c) {
    const Lanes q = load(queries.points + c * queries.stride + first);
    const Lanes difference = q - broadcast(points.points[c * points.stride + i]);
    if (geometry == Geometry::euclidean) {
      result = result + difference * difference;
    } else {
      const Lanes direct = abs(difference);
      result = max(result, geometry == Geometry::periodic ? shortest_way(direct, broadcast(points.period[c])) : direct);
    }
  }
  return result;
}

template <int K, Geometry geometry>
void search(const LeafView& queries, const LeafView& points, double* nearest_of) {
  const bool own = queries.points == points.points;
  for (std::int64_t first = 0; first < queries.size; first += Lanes::width) {
    Nearest<K> nearest;
    for (std::int64_t i = 0; i < points.size; ++i) {
      Lanes found = distance<geometry>(queries, first, points, i);
      const bool is_query = own && first <= i && i < first + Lanes::width;
      if (is_query) found = select(Mask{1} << (i - first), found, broadcast(infinity));
      nearest.offer(found);
    }
    double found[K][Lanes::width];
    for (int m = 0; m < K; ++m) store(found[m], nearest.best[m]);
    for (std::int64_t query = first; query < queries.size && query < first + Lanes::width; ++query) {
      for (int m = 0; m < K; ++m) nearest_of[query * K + m] = found[K - 1 - m][query - first];
    }
  }
}

// For k too many for registers.
template <Geometry geometry>
void search(const LeafView& queries, const LeafView& points, std::int64_t k, double* nearest_of) {
  const bool own = queries.points == points.points;
  for (std::int64_t i = 0; i < queries.size * k; ++i) nearest_of[i] = infinity;
  for (std::int64_t first = 0; first < queries.size; first += Lanes::width) {
    for (std::int64_t i = 0; i < points.size; ++i) {
      double found[Lanes::width];
      store(found, distance<geometry>(queries, first, points, i));
      for (std::int64_t query = first; query < queries.size && query < first + Lanes::width; ++query) {
        if (!own || query != i) insert_in_heap(nearest_of + query * k, k, found[query - first]);
      }
    }
  }
}

template <Geometry geometry>
void search_for(const LeafView& queries, const LeafView& points, std::int64_t k, double* nearest) {
  using SearchLeaf = void (*)(const LeafView&, const LeafView&, double*);
  constexpr SearchLeaf by_k[max_register_k] = {search<1, geometry>, search<2, geometry>, search<3, geometry>,
                                               search<4, geometry>, search<5, geometry>, search<6, geometry>,
                                               search<7, geometry>, search<8, geometry>};
  if (k <= max_register_k) return by_k[k - 1](queries, points, nearest);
  search<geometry>(queries, points, k, nearest);
}

}  // namespace

void leaf_search(const LeafView& queries, const LeafView& points, std::int64_t k, double* nearest) {
  if (points.metric == Metric::euclidean) return search_for<Geometry::euclidean>(queries, points, k, nearest);
  bool periodic = false;
  for (std::int64_t c = 0; c < points.n_columns; ++c) periodic = periodic || points.period[c] < infinity;
  const auto by_period = periodic ? search_for<Geometry::periodic> : search_for<Geometry::linear>;
  by_period(queries, points, k, nearest);
}

}  // namespace fastmi::FASTMI_ISA
