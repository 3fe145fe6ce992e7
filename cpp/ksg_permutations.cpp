#include "ksg_permutations.hpp"

#include <utility>

#include "engine.hpp"
#include "ksg_counts.hpp"

namespace fastmi {
namespace {

using Rows = std::span<const std::int64_t>;

Rows permutation(Rows rows, std::int64_t p, std::size_t n) { return rows.subspan(static_cast<std::size_t>(p) * n, n); }

// Where each row goes.
Buffer<std::int64_t> inverse(Rows rows) {
  Buffer<std::int64_t> place(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) place[static_cast<std::size_t>(rows[i])] = static_cast<std::int64_t>(i);
  return place;
}

Samples permuted(const Samples& samples, Rows rows) {
  Samples result(samples.size());
  Buffer<double> values(rows.size());
  for (std::int64_t c = 0; c < samples.n_columns(); ++c) {
    for (std::size_t i = 0; i < rows.size(); ++i) values[i] = samples.column(c)[static_cast<std::size_t>(rows[i])];
    result.append(values, samples.axes()[static_cast<std::size_t>(c)]);
  }
  return result;
}

}  // namespace

KsgPairPermutations::KsgPairPermutations(Samples x, Samples y, std::vector<ColumnPair> pairs, std::int64_t k,
                                         Execution& execution)
    : x_samples_(std::move(x)),
      y_samples_(std::move(y)),
      pairs_(std::move(pairs)),
      k_(k),
      columns_(prepare_columns(x_samples_, y_samples_, execution)) {}

Buffer<double> KsgPairPermutations::estimates(Rows rows, Execution& execution) const {
  const auto n = static_cast<std::size_t>(x_samples_.size());
  const auto n_permutations = static_cast<std::int64_t>(rows.size() / n);
  const auto first_of_y = columns_.begin() + x_samples_.n_columns();
  Buffer<double> result(static_cast<std::size_t>(n_permutations) * pairs_.size());
  execution.parallel_for(n_permutations, 1, [&](std::int64_t p) {
    const Buffer<std::int64_t> place = inverse(permutation(rows, p, n));
    std::vector<Column> y;
    for (auto column = first_of_y; column != columns_.end(); ++column) y.push_back(column->moved(place));
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const Column& x_i = columns_[static_cast<std::size_t>(pairs_[i].x)];
      const Column& y_i = y[static_cast<std::size_t>(pairs_[i].y)];
      result[static_cast<std::size_t>(p) * pairs_.size() + i] =
          ksg1(ksg_counts(x_i, y_i, k_, Order::any, execution), k_);
    }
  });
  return result;
}

KsgJointPermutations::Side::Side(Samples all, bool counts, Execution& execution) : samples(std::move(all)) {
  if (!counts) return;
  if (samples.n_columns() == 1) {
    column.emplace(samples.column(0), samples.axes().front());
  } else {
    tree.emplace(samples, execution);
  }
}

Buffer<std::int64_t> KsgJointPermutations::Side::count_closer(std::span<const double> radius,
                                                              Execution& execution) const {
  Buffer<std::int64_t> count(radius.size());
  if (column) {
    column->count_closer_by_rank(radius, execution, count);
  } else {
    tree->count_closer(radius, execution, count);
  }
  return count;
}

KsgJointPermutations::KsgJointPermutations(Samples x, Samples y, std::int64_t k, Execution& execution)
    : k_(k),
      by_tree_(choose_engine(x, y, k) == Engine::tree),
      x_(std::move(x), by_tree_, execution),
      y_(std::move(y), by_tree_, execution) {}

KsgCounts KsgJointPermutations::counts(Rows rows, Execution& execution) const {
  const Samples y = permuted(y_.samples, rows);
  if (!by_tree_) return ksg_counts(x_.samples, y, k_, Order::any, execution);
  Samples joint = x_.samples;
  joint.append(y);
  Buffer<double> radius(rows.size());
  KdTree(joint, execution).kth_distances(k_, execution, radius);
  Buffer<double> radius_of_y(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) radius_of_y[static_cast<std::size_t>(rows[i])] = radius[i];
  KsgCounts counts{std::move(radius), {}, {}};
  counts.n_x = x_.count_closer(counts.radius, execution);
  counts.n_y = y_.count_closer(radius_of_y, execution);
  return counts;
}

Buffer<double> KsgJointPermutations::estimates(Rows rows, Execution& execution) const {
  const auto n = static_cast<std::size_t>(x_.samples.size());
  Buffer<double> result(rows.size() / n);
  execution.parallel_for(static_cast<std::int64_t>(result.size()), 1, [&](std::int64_t p) {
    result[static_cast<std::size_t>(p)] = ksg1(counts(permutation(rows, p, n), execution), k_);
  });
  return result;
}

}  // namespace fastmi
