#include "neighbours.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "strips.hpp"

namespace fastmi {

Buffer<double> Neighbours::kth_distances(std::int64_t k, Execution& execution) const {
  Buffer<double> radius(static_cast<std::size_t>(size()));
  search(k, execution, radius, {});
  return radius;
}

Neighbours::KthAndNext Neighbours::kth_and_next(std::int64_t k, Execution& execution) const {
  const auto n = static_cast<std::size_t>(size());
  if (k + 1 == size()) return {kth_distances(k, execution), Buffer<double>(n, std::numeric_limits<double>::infinity())};
  KthAndNext found{Buffer<double>(n), Buffer<double>(n)};
  search(k + 1, execution, found.next, found.kth);
  return found;
}

// Also for the neighbour before the k-th, unless there is no room for it.
void Neighbours::search(std::int64_t k, Execution& execution, std::span<double> radius,
                        std::span<double> before) const {
  if (metric_ == Metric::euclidean) return tree(execution).kth_distances(k, execution, radius, before);
  if (samples_.n_columns() == 1 && !samples_.axes().front().periodic()) {
    columns(execution).front().kth_distances(k, radius);
    if (!before.empty()) columns(execution).front().kth_distances(k - 1, before);
    return;
  }
  switch (engine_of_search(k, execution)) {
    case Engine::strips:
      return Strips(columns(execution)[0], columns(execution)[1]).kth_distances(k, execution, radius, before);
    case Engine::tree:
      return tree(execution).kth_distances(k, execution, radius, before);
    case Engine::bitmap:
      return bitmaps(execution).kth_distances(k, execution, radius, before);
  }
}

Buffer<double> Neighbours::kth_distances_of(const Neighbours& queries, std::int64_t k, Execution& execution) const {
  Buffer<double> radius(static_cast<std::size_t>(queries.size()));
  tree(execution).kth_distances_of(queries.tree(execution), k, execution, radius);
  return radius;
}

Buffer<std::int64_t> Neighbours::count_closer(std::span<const double> radius, Execution& execution) const {
  Buffer<std::int64_t> count(static_cast<std::size_t>(size()));
  if (samples_.n_columns() == 1) {
    columns(execution).front().count_closer(radius, execution, count);
  } else if (choose_count_engine(samples_) == Engine::bitmap) {
    bitmaps(execution).count_closer_in_x(radius, execution, count);
  } else {
    tree(execution).count_closer(radius, execution, count);
  }
  return count;
}

std::pair<Buffer<double>, Buffer<double>> Neighbours::extents(std::span<const double> radius, std::int64_t n_first,
                                                              Execution& execution) const {
  const auto n = static_cast<std::size_t>(size());
  std::pair<Buffer<double>, Buffer<double>> sides{Buffer<double>(n), Buffer<double>(n)};
  tree(execution).extents(radius, n_first, execution, sides.first, sides.second);
  return sides;
}

Neighbours::CountsAround Neighbours::count_around(std::span<const double> radius, Execution& execution) const {
  const auto n = static_cast<std::size_t>(size());
  if (samples_.n_columns() > 1 && choose_count_engine(samples_) == Engine::tree) {
    CountsAround found{Buffer<std::int64_t>(n), Buffer<std::int64_t>(n)};
    tree(execution).count_around(radius, execution, found.inside, found.within);
    return found;
  }
  // What is at the radius is closer than the next larger number; but of an infinite one, all there is.
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Buffer<double> next(n);
  std::transform(radius.begin(), radius.end(), next.begin(), [](double r) { return std::nextafter(r, infinity); });
  CountsAround found{count_closer(radius, execution), count_closer(next, execution)};
  for (std::size_t row = 0; row < n; ++row) {
    if (radius[row] == infinity) found.within[row] = size() - 1;
  }
  return found;
}

Engine Neighbours::engine_of_search(std::int64_t k, Execution& execution) const {
  if (samples_.n_columns() != 2) return choose_engine(samples_, Samples(size()), k);
  return choose_engine(columns(execution)[0], columns(execution)[1], k);
}

const std::vector<Column>& Neighbours::columns(Execution& execution) const {
  return columns_.get([&] { return prepare_columns(samples_, Samples(size()), execution); });
}

const KdTree& Neighbours::tree(Execution& execution) const {
  return tree_.get([&] { return KdTree(samples_, execution, metric_); });
}

const BitmapIndex& Neighbours::bitmaps(Execution& execution) const {
  return bitmaps_.get([&] { return BitmapIndex(samples_, Samples(size()), execution); });
}

}  // namespace fastmi
