#include "kd_tree.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "range.hpp"
#include "select.hpp"

namespace fastmi {
namespace {

constexpr std::int64_t leaves_worth_a_worker = 4;
constexpr std::int64_t points_worth_a_worker = 4096;  // to build

// Brings values[order[i].position] to values[i].
template <class T>
void permute(T* values, std::span<const Keyed> order, Buffer<T>& scratch) {
  scratch.resize(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) scratch[i] = values[order[i].position];
  std::copy(scratch.begin(), scratch.end(), values);
}

}  // namespace

KdTree::KdTree(const Samples& samples, Execution& execution)
    : n_samples_(samples.size()),
      n_columns_(samples.n_columns()),
      rows_(static_cast<std::size_t>(n_samples_)),
      points_(static_cast<std::size_t>(n_columns_ * (n_samples_ + lane_padding)), 0) {
  while ((n_samples_ - 1) >> depth_ >= max_leaf_size) ++depth_;
  std::iota(rows_.begin(), rows_.end(), 0);
  for (std::int64_t c = 0; c < n_columns_; ++c) {
    std::copy_n(samples.column(c).begin(), n_samples_, column(c));
    const Axis axis = samples.axes()[static_cast<std::size_t>(c)];
    periods_.push_back(axis.periodic() ? axis.period() : std::numeric_limits<double>::infinity());
  }
  boxes_.resize(static_cast<std::size_t>(4 * n_leaves() * n_columns_), 0);
  split_.resize(static_cast<std::size_t>(2 * n_leaves()), 0);
  // Level by level, since the nodes of one level do not depend on each other.
  for (int level = 0; level <= depth_; ++level) {
    const std::int64_t n_nodes = std::int64_t{1} << level;
    const std::int64_t grain = std::max<std::int64_t>(1, points_worth_a_worker * n_nodes / n_samples_);
    execution.parallel_for(n_nodes, grain, [&](std::int64_t i) { build(n_nodes + i, level); });
  }
}

std::int64_t KdTree::begin(std::int64_t node, int level) const {
  return ((node - (std::int64_t{1} << level)) * n_samples_) >> level;
}

// Bounds the node and, above the leaves, splits it at the median of its widest column.
void KdTree::build(std::int64_t node, int level) {
  const std::int64_t first = begin(node, level);
  const std::int64_t last = begin(node + 1, level);
  const std::int64_t widest = bound(node, first, last);
  split_[static_cast<std::size_t>(node)] = static_cast<std::int32_t>(widest);
  if (level == depth_) return;

  Buffer<Keyed> keyed(static_cast<std::size_t>(last - first));
  for (std::int64_t i = 0; i < last - first; ++i) keyed[static_cast<std::size_t>(i)] = {column(widest)[first + i], i};
  Buffer<Keyed> spare(keyed.size());
  select(keyed, static_cast<std::size_t>(begin(2 * node + 1, level + 1) - first), spare);
  Buffer<double> values;
  for (std::int64_t c = 0; c < n_columns_; ++c) permute(column(c) + first, std::span<const Keyed>(keyed), values);
  Buffer<std::int64_t> rows;
  permute(rows_.data() + first, std::span<const Keyed>(keyed), rows);
}

// Writes the bounding box of the node and returns its widest column.
std::int64_t KdTree::bound(std::int64_t node, std::int64_t first, std::int64_t last) {
  double* lower = boxes_.data() + 2 * node * n_columns_;
  double* upper = lower + n_columns_;
  std::int64_t widest = 0;
  for (std::int64_t c = 0; c < n_columns_; ++c) {
    const Range range = range_of({column(c) + first, static_cast<std::size_t>(last - first)});
    lower[c] = range.least;
    upper[c] = range.greatest;
    if (range.extent() > upper[widest] - lower[widest]) widest = c;
  }
  return widest;
}

TreeView KdTree::view() const {
  const bool periodic = std::any_of(periods_.begin(), periods_.end(), [](double p) { return std::isfinite(p); });
  return {n_samples_, n_columns_, depth_, points_.data(), boxes_.data(), split_.data(), periods_.data(), periodic};
}

void KdTree::kth_distances(std::int64_t k, Execution& execution, std::span<double> radius) const {
  const Kernels& kernel = kernels();
  const TreeView tree = view();
  execution.parallel_for(n_leaves(), leaves_worth_a_worker, [&](std::int64_t i) {
    Buffer<double> scratch(static_cast<std::size_t>(max_leaf_size * k));
    double found[max_leaf_size] = {};
    kernel.tree_search(tree, n_leaves() + i, k, scratch.data(), found);
    const std::int64_t first = begin(n_leaves() + i, depth_);
    const std::int64_t last = begin(n_leaves() + i + 1, depth_);
    for (std::int64_t p = first; p < last; ++p) {
      radius[static_cast<std::size_t>(rows_[static_cast<std::size_t>(p)])] = found[p - first];
    }
  });
}

void KdTree::count_closer(std::span<const double> radius, Execution& execution, std::span<std::int64_t> count) const {
  const Kernels& kernel = kernels();
  const TreeView tree = view();
  execution.parallel_for(n_leaves(), leaves_worth_a_worker, [&](std::int64_t i) {
    double radius_of[max_leaf_size] = {};
    std::int64_t found[max_leaf_size];
    const std::int64_t first = begin(n_leaves() + i, depth_);
    const std::int64_t last = begin(n_leaves() + i + 1, depth_);
    for (std::int64_t p = first; p < last; ++p) {
      radius_of[p - first] = radius[static_cast<std::size_t>(rows_[static_cast<std::size_t>(p)])];
    }
    kernel.tree_count(tree, n_leaves() + i, radius_of, found);
    for (std::int64_t p = first; p < last; ++p) {
      count[static_cast<std::size_t>(rows_[static_cast<std::size_t>(p)])] = found[p - first];
    }
  });
}

}  // namespace fastmi
