#include "kd_tree.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "kth_smallest.hpp"
#include "range.hpp"
#include "second_greatest.hpp"

namespace fastmi {
namespace {

constexpr std::int64_t leaf_multiple = 8;  // samples in a leaf: what the widest registers hold
constexpr std::int64_t leaves_worth_a_worker = 4;
constexpr std::int64_t points_worth_a_worker = 4096;  // to build

}  // namespace

// Sorts the samples into the tree from the root downwards. What goes to the left child of a node and what to the right
// is copied from one of two places to the other, so that the leaves end up where they are to be.
class KdTree::Builder {
 public:
  Builder(KdTree& tree, const Samples& samples) : tree_(tree), rows_(tree.rows_.size()), points_(tree.points_.size()) {
    const Place first = place(0);
    std::iota(first.rows, first.rows + tree_.n_samples_, 0);
    for (std::int64_t c = 0; c < tree_.n_columns_; ++c) {
      std::copy_n(samples.column(c).begin(), tree_.n_samples_, first.column(c));
    }
  }

  // The upper levels one by one, their nodes side by side; then whole subtrees.
  void run(Execution& execution) {
    int level = 0;
    for (; level < tree_.depth_ && tree_.n_samples_ >> level > points_worth_a_worker; ++level) {
      const std::int64_t n_nodes = std::int64_t{1} << level;
      execution.parallel_for(n_nodes, 1, [&](std::int64_t i) { split(n_nodes + i, level); });
    }
    const std::int64_t n_nodes = std::int64_t{1} << level;
    execution.parallel_for(n_nodes, 1, [&](std::int64_t i) { build(n_nodes + i, level); });
  }

 private:
  struct Place {
    std::int64_t* rows;
    double* points;
    std::int64_t stride;

    double* column(std::int64_t c) const { return points + c * stride; }
  };

  // Where the nodes of a level are.
  Place place(int level) {
    const std::int64_t stride = tree_.n_samples_ + lane_padding;
    const bool in_tree = (tree_.depth_ - level) % 2 == 0;
    return in_tree ? Place{tree_.rows_.data(), tree_.points_.data(), stride}
                   : Place{rows_.data(), points_.data(), stride};
  }

  std::int64_t begin(std::int64_t node, int level) const {
    const std::int64_t leaf = (node << (tree_.depth_ - level)) - tree_.n_leaves();
    return tree_.leaf_begin_[static_cast<std::size_t>(leaf)];
  }

  void build(std::int64_t node, int level) {
    split(node, level);
    if (level == tree_.depth_) return;
    build(2 * node, level + 1);
    build(2 * node + 1, level + 1);
  }

  // Bounds the node and, above the leaves, splits it at the median of its widest column.
  void split(std::int64_t node, int level) {
    const std::int64_t first = begin(node, level);
    const std::int64_t size = begin(node + 1, level) - first;
    const Place from = place(level);
    const std::int64_t widest = bound(node, from, first, size);
    if (level == tree_.depth_) return;

    const std::int64_t n_left = begin(2 * node + 1, level + 1) - first;
    const Buffer<std::int64_t> target = targets({from.column(widest) + first, static_cast<std::size_t>(size)}, n_left);
    const Place to = place(level + 1);
    const auto move = [&](const auto* values, auto* moved) {
      for (std::int64_t i = 0; i < size; ++i) moved[target[static_cast<std::size_t>(i)]] = values[i];
    };
    move(from.rows + first, to.rows + first);
    for (std::int64_t c = 0; c < tree_.n_columns_; ++c) move(from.column(c) + first, to.column(c) + first);
  }

  // Where each value goes for the n_left smallest to come first, in the order they are in. Of those that equal the
  // greatest among them, the first.
  static Buffer<std::int64_t> targets(std::span<const double> values, std::int64_t n_left) {
    Buffer<double> kept(values.begin(), values.end());
    Buffer<double> scratch(values.size());
    const double middle = kth_smallest(kept, static_cast<std::size_t>(n_left), scratch);
    std::int64_t equal_left = n_left;
    for (const double value : values) equal_left -= value < middle;

    Buffer<std::int64_t> target(values.size());
    std::int64_t left = 0;
    std::int64_t right = n_left;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto equal = static_cast<std::int64_t>(values[i] == middle);
      const auto goes_left =
          static_cast<std::int64_t>(values[i] < middle) | (equal & static_cast<std::int64_t>(equal_left > 0));
      equal_left -= equal;
      target[i] = right + (-goes_left & (left - right));
      left += goes_left;
      right += 1 - goes_left;
    }
    return target;
  }

  // Writes the bounding box of the node and returns its widest column.
  std::int64_t bound(std::int64_t node, const Place& from, std::int64_t first, std::int64_t size) {
    std::int64_t widest = 0;
    double extent = -1;
    for (std::int64_t c = 0; c < tree_.n_columns_; ++c) {
      const Range range = range_of({from.column(c) + first, static_cast<std::size_t>(size)});
      double* lower = tree_.boxes_.data() + (node / node_block * tree_.n_columns_ + c) * 2 * node_block;
      lower[node % node_block] = range.least;
      lower[node_block + node % node_block] = range.greatest;
      if (range.extent() > extent) {
        extent = range.extent();
        widest = c;
      }
    }
    return widest;
  }

  KdTree& tree_;
  Buffer<std::int64_t> rows_;
  Buffer<double> points_;
};

KdTree::KdTree(const Samples& samples, Execution& execution, Metric metric)
    : n_samples_(samples.size()),
      n_columns_(samples.n_columns()),
      metric_(metric),
      rows_(static_cast<std::size_t>(n_samples_)),
      points_(static_cast<std::size_t>(n_columns_ * (n_samples_ + lane_padding)), 0) {
  for (const Axis& axis : samples.axes()) {
    periods_.push_back(axis.periodic() ? axis.period() : std::numeric_limits<double>::infinity());
  }
  const std::int64_t n_multiples = (n_samples_ + leaf_multiple - 1) / leaf_multiple;
  while (n_multiples > max_leaf_size / leaf_multiple << depth_) ++depth_;
  for (std::int64_t i = 0; i <= n_leaves(); ++i) {
    leaf_begin_.push_back(std::min(n_samples_, ((i * n_multiples) >> depth_) * leaf_multiple));
  }
  const std::int64_t n_blocks = (2 * n_leaves() + node_block - 1) / node_block;
  boxes_.resize(static_cast<std::size_t>(n_blocks * n_columns_ * 2 * node_block), 0);
  Builder(*this, samples).run(execution);
}

TreeView KdTree::view() const {
  const bool periodic = std::any_of(periods_.begin(), periods_.end(), [](double p) { return std::isfinite(p); });
  return {n_samples_,      n_columns_, depth_, leaf_begin_.data(), points_.data(), boxes_.data(),
          periods_.data(), periodic,   metric_};
}

template <class Ask>
void KdTree::for_each_leaf(Execution& execution, const Ask& ask) const {
  execution.parallel_for(n_leaves(), leaves_worth_a_worker, [&](std::int64_t i) {
    const std::int64_t begin = leaf_begin_[static_cast<std::size_t>(i)];
    const std::int64_t end = leaf_begin_[static_cast<std::size_t>(i + 1)];
    ask(n_leaves() + i,
        std::span(rows_).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)));
  });
}

namespace {

template <class T>
void scatter(const T* values, std::span<const std::int64_t> rows, std::span<T> result) {
  for (std::size_t i = 0; i < rows.size(); ++i) result[static_cast<std::size_t>(rows[i])] = values[i];
}

void gather(std::span<const double> values, std::span<const std::int64_t> rows, double* result) {
  for (std::size_t i = 0; i < rows.size(); ++i) result[i] = values[static_cast<std::size_t>(rows[i])];
}

}  // namespace

void KdTree::kth_distances(std::int64_t k, Execution& execution, std::span<double> radius,
                           std::span<double> before) const {
  kth_distances_of(*this, k, execution, radius, before);
}

void KdTree::kth_distances_of(const KdTree& queries, std::int64_t k, Execution& execution, std::span<double> radius,
                              std::span<double> before) const {
  const Kernels& kernel = kernels();
  const TreeView tree = view();
  const TreeView asking = queries.view();
  queries.for_each_leaf(execution, [&](std::int64_t leaf, std::span<const std::int64_t> rows) {
    Buffer<double> scratch(static_cast<std::size_t>(max_leaf_size * k));
    double found[max_leaf_size] = {};
    const auto write = [&](std::span<double> distance) {
      if (metric_ == Metric::euclidean) {
        for (double& d : found) d = std::sqrt(d);
      }
      scatter(found, rows, distance);
    };
    kernel.tree_search(tree, asking, leaf, k, scratch.data(), found);
    write(radius);
    if (before.empty()) return;
    for (std::size_t i = 0; i < rows.size(); ++i)
      found[i] = second_greatest(&scratch[i * static_cast<std::size_t>(k)], k);
    write(before);
  });
}

void KdTree::count_closer(std::span<const double> radius, Execution& execution, std::span<std::int64_t> count) const {
  const Kernels& kernel = kernels();
  const TreeView tree = view();
  for_each_leaf(execution, [&](std::int64_t leaf, std::span<const std::int64_t> rows) {
    double radius_of[max_leaf_size] = {};
    std::int64_t found[max_leaf_size];
    gather(radius, rows, radius_of);
    kernel.tree_count(tree, leaf, radius_of, found);
    scatter(found, rows, count);
  });
}

void KdTree::count_around(std::span<const double> radius, Execution& execution, std::span<std::int64_t> inside,
                          std::span<std::int64_t> within) const {
  const Kernels& kernel = kernels();
  const TreeView tree = view();
  for_each_leaf(execution, [&](std::int64_t leaf, std::span<const std::int64_t> rows) {
    double radius_of[max_leaf_size] = {};
    std::int64_t inside_of[max_leaf_size];
    std::int64_t within_of[max_leaf_size];
    gather(radius, rows, radius_of);
    kernel.tree_count_around(tree, leaf, radius_of, inside_of, within_of);
    scatter(inside_of, rows, inside);
    scatter(within_of, rows, within);
  });
}

void KdTree::extents(std::span<const double> radius, std::int64_t n_first, Execution& execution,
                     std::span<double> first, std::span<double> second) const {
  const Kernels& kernel = kernels();
  const TreeView tree = view();
  for_each_leaf(execution, [&](std::int64_t leaf, std::span<const std::int64_t> rows) {
    double radius_of[max_leaf_size] = {};
    double first_of[max_leaf_size] = {};
    double second_of[max_leaf_size] = {};
    gather(radius, rows, radius_of);
    kernel.tree_extents(tree, leaf, radius_of, n_first, first_of, second_of);
    scatter(first_of, rows, first);
    scatter(second_of, rows, second);
  });
}

}  // namespace fastmi
