#include "ksg.hpp"

#include <algorithm>

#include "bitmap_index.hpp"
#include "digamma.hpp"
#include "engine.hpp"
#include "kd_tree.hpp"
#include "strips.hpp"

namespace fastmi {
namespace {

Samples as_samples(const Column& column) {
  Samples samples(static_cast<std::int64_t>(column.values().size()));
  samples.append(column.values(), column.axis());
  return samples;
}

std::vector<double> tree_radius(const Samples& x, const Samples& y, std::int64_t k, Execution& execution) {
  Samples joint = x;
  joint.append(y);
  std::vector<double> radius(static_cast<std::size_t>(joint.size()));
  KdTree(joint, execution).kth_distances(k, execution, radius);
  return radius;
}

std::vector<double> strips_radius(const Column& x, const Column& y, std::int64_t k, Execution& execution) {
  std::vector<double> radius(x.values().size());
  Strips(x, y).kth_distances(k, execution, radius);
  return radius;
}

std::vector<std::int64_t> marginal_counts(const Column& column, std::span<const double> radius, Execution& execution) {
  std::vector<std::int64_t> count(radius.size());
  column.count_closer(radius, execution, count);
  return count;
}

std::vector<std::int64_t> tree_counts(const Samples& samples, std::span<const double> radius, Execution& execution) {
  if (samples.n_columns() == 1) {
    return marginal_counts(Column(samples.column(0), samples.axes().front()), radius, execution);
  }
  std::vector<std::int64_t> count(radius.size());
  KdTree(samples, execution).count_closer(radius, execution, count);
  return count;
}

KsgCounts ksg_counts_by_tree(const Samples& x, const Samples& y, std::int64_t k, Execution& execution) {
  KsgCounts counts;
  counts.radius = tree_radius(x, y, k, execution);
  counts.n_x = tree_counts(x, counts.radius, execution);
  counts.n_y = tree_counts(y, counts.radius, execution);
  return counts;
}

KsgCounts ksg_counts_by_bitmap(const Samples& x, const Samples& y, std::int64_t k, Execution& execution) {
  const auto n = static_cast<std::size_t>(x.size());
  const auto by_bitmap = [](const Samples& side) {
    return side.n_columns() > 1 && choose_count_engine(side) == Engine::bitmap;
  };
  KsgCounts counts;
  counts.radius.resize(n);
  if (by_bitmap(x)) counts.n_x.resize(n);
  if (by_bitmap(y)) counts.n_y.resize(n);
  BitmapIndex(x, y, execution).ksg_counts(k, execution, counts.radius, counts.n_x, counts.n_y);
  if (counts.n_x.empty()) counts.n_x = tree_counts(x, counts.radius, execution);
  if (counts.n_y.empty()) counts.n_y = tree_counts(y, counts.radius, execution);
  return counts;
}

KsgCounts ksg_counts(const Column& x, const Column& y, std::int64_t k, Execution& execution) {
  const Engine engine = choose_engine(x, y, k);
  if (engine == Engine::bitmap) return ksg_counts_by_bitmap(as_samples(x), as_samples(y), k, execution);
  KsgCounts counts;
  counts.radius = engine == Engine::strips ? strips_radius(x, y, k, execution)
                                           : tree_radius(as_samples(x), as_samples(y), k, execution);
  counts.n_x = marginal_counts(x, counts.radius, execution);
  counts.n_y = marginal_counts(y, counts.radius, execution);
  return counts;
}

PairInformation ksg1(const Column& x, const Column& y, std::int64_t k, Execution& execution) {
  const KsgCounts counts = ksg_counts(x, y, k, execution);
  return {ksg1(counts, k), n_coincident(counts)};
}

std::vector<std::uint8_t> common_rows(const Column& x, const Column& y) {
  std::vector<std::uint8_t> kept(x.values().size());
  for (std::size_t row = 0; row < kept.size(); ++row) {
    kept[row] = !std::isnan(x.values()[row]) && !std::isnan(y.values()[row]);
  }
  return kept;
}

}  // namespace

KsgCounts ksg_counts(const Samples& x, const Samples& y, std::int64_t k, Execution& execution) {
  if (x.n_columns() == 1 && y.n_columns() == 1) {
    return ksg_counts(Column(x.column(0), x.axes().front()), Column(y.column(0), y.axes().front()), k, execution);
  }
  return choose_engine(x, y, k) == Engine::bitmap ? ksg_counts_by_bitmap(x, y, k, execution)
                                                  : ksg_counts_by_tree(x, y, k, execution);
}

std::int64_t n_coincident(const KsgCounts& counts) {
  return std::count(counts.radius.begin(), counts.radius.end(), 0.0);
}

// The counts are integers, so the mean is taken exactly before any psi is: the weight of psi(m) is the number of times
// it occurs, with its sign. Terms that cancel do so as integers (a constant column carries exactly 0), and the result
// depends neither on the order of the samples nor on which side is called x.
double ksg1(const KsgCounts& counts, std::int64_t k) {
  const std::size_t n = counts.radius.size();
  std::vector<std::int64_t> weight(n + 1);
  weight[static_cast<std::size_t>(k)] += static_cast<std::int64_t>(n);
  weight[n] += static_cast<std::int64_t>(n);
  for (const std::int64_t n_x : counts.n_x) --weight[static_cast<std::size_t>(n_x + 1)];
  for (const std::int64_t n_y : counts.n_y) --weight[static_cast<std::size_t>(n_y + 1)];
  return digamma_dot(weight) / static_cast<double>(n);
}

std::vector<double> ksg1_local(const KsgCounts& counts, std::int64_t k) {
  const std::size_t n = counts.radius.size();
  std::vector<double> local(n);
  for (std::size_t i = 0; i < n; ++i) {
    local[i] =
        digamma(k) + digamma(static_cast<std::int64_t>(n)) - (digamma(counts.n_x[i] + 1) + digamma(counts.n_y[i] + 1));
  }
  return local;
}

std::vector<PairInformation> ksg1_pairs(std::span<const Column> x, std::span<const Column> y,
                                        std::span<const ColumnPair> pairs, std::int64_t k, Execution& execution) {
  std::vector<PairInformation> results(pairs.size());
  execution.parallel_for(static_cast<std::int64_t>(pairs.size()), [&](std::int64_t task) {
    const auto [i, j] = pairs[static_cast<std::size_t>(task)];
    const Column& x_i = x[static_cast<std::size_t>(i)];
    const Column& y_j = y[static_cast<std::size_t>(j)];
    PairInformation& result = results[static_cast<std::size_t>(task)];
    if (x_i.complete() && y_j.complete()) {
      result = ksg1(x_i, y_j, k, execution);
    } else {
      const std::vector<std::uint8_t> kept = common_rows(x_i, y_j);
      result = ksg1(x_i.select(kept), y_j.select(kept), k, execution);
    }
  });
  return results;
}

}  // namespace fastmi
