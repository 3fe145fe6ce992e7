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

// Sorts the samples into the tree from the root downwards. While it does, a sample is a record: its columns, the number
// of its row, and room up to a multiple of record_multiple. So a sample is moved in one go. What goes to the left child
// of a node and what to the right is copied from one of two places to the other.
class KdTree::Builder {
 public:
  Builder(KdTree& tree, const Samples& samples)
      : tree_(tree),
        record_size_((tree.n_columns_ + 1 + record_multiple - 1) / record_multiple * record_multiple),
        places_{Records(static_cast<std::size_t>(tree.n_samples_ * record_size_ + lane_padding)),
                Records(static_cast<std::size_t>(tree.n_samples_ * record_size_ + lane_padding))} {
    for (std::int64_t row = 0; row < tree_.n_samples_; ++row) {
      double* record = places_[0].data() + row * record_size_;
      for (std::int64_t c = 0; c < tree_.n_columns_; ++c) record[c] = samples.column(c)[static_cast<std::size_t>(row)];
      std::fill(record + tree_.n_columns_, record + record_size_, static_cast<double>(row));
    }
  }

  // The upper levels one by one, their nodes side by side; then whole subtrees.
  void run(Execution& execution) {
    const auto for_level = [&](int level, auto action) {
      const std::int64_t n_nodes = std::int64_t{1} << level;
      execution.parallel_for(n_nodes, 1, [&](std::int64_t i) {
        Scratch scratch;
        action(n_nodes + i, level, scratch);
      });
    };
    int level = 0;
    for (; level < tree_.depth_ && tree_.n_samples_ >> level > points_worth_a_worker; ++level) {
      for_level(level, [this](auto&&... node) { split(node...); });
    }
    for_level(level, [this](auto&&... node) { build(node...); });
  }

 private:
  using Records = Buffer<double>;

  struct Scratch {
    Buffer<double> keys;
    Buffer<double> kept[2];
    Buffer<double> least;
    Buffer<double> greatest;
  };

  std::int64_t begin(std::int64_t node, int level) const {
    const std::int64_t leaf = (node << (tree_.depth_ - level)) - tree_.n_leaves();
    return tree_.leaf_begin_[static_cast<std::size_t>(leaf)];
  }

  double* records(int level, std::int64_t position) { return places_[level % 2].data() + position * record_size_; }

  void build(std::int64_t node, int level, Scratch& scratch) {
    if (level == tree_.depth_) return finish(node, scratch);
    split(node, level, scratch);
    build(2 * node, level + 1, scratch);
    build(2 * node + 1, level + 1, scratch);
  }

  // At the median of the widest column. Of those that equal the least on the right, the first go left.
  void split(std::int64_t node, int level, Scratch& scratch) {
    const std::int64_t first = begin(node, level);
    const std::int64_t middle = begin(2 * node + 1, level + 1);
    const std::int64_t size = begin(node + 1, level) - first;
    const double* from = records(level, first);
    const std::int64_t widest = bound(node, from, size, scratch);

    const auto room = static_cast<std::size_t>(size + lane_padding);
    for (Buffer<double>* buffer : {&scratch.keys, &scratch.kept[0], &scratch.kept[1]}) {
      if (buffer->size() < room) buffer->resize(room);
    }
    double* keys = scratch.keys.data();
    for (std::int64_t i = 0; i < size; ++i) keys[i] = from[i * record_size_ + widest];
    const auto [key, n_less] =
        kth_smallest(kernel_, keys, size, middle - first, scratch.kept[0].data(), scratch.kept[1].data());
    kernel_.share_out(from, keys, size, record_size_, key, middle - first - n_less, records(level + 1, first),
                      records(level + 1, middle));
  }

  // A leaf: its columns become contiguous.
  void finish(std::int64_t leaf, Scratch& scratch) {
    const std::int64_t first = begin(leaf, tree_.depth_);
    const std::int64_t size = begin(leaf + 1, tree_.depth_) - first;
    const double* from = records(tree_.depth_, first);
    bound(leaf, from, size, scratch);
    for (std::int64_t c = 0; c < tree_.n_columns_; ++c) {
      double* column = tree_.points_.data() + first * tree_.n_columns_ + c * size;
      for (std::int64_t i = 0; i < size; ++i) column[i] = from[i * record_size_ + c];
    }
    for (std::int64_t i = 0; i < size; ++i) {
      const double row = from[i * record_size_ + tree_.n_columns_];
      tree_.rows_[static_cast<std::size_t>(first + i)] = static_cast<std::int64_t>(row);
    }
  }

  // Writes the bounding box of the node and returns its widest column.
  std::int64_t bound(std::int64_t node, const double* from, std::int64_t size, Scratch& scratch) {
    scratch.least.resize(static_cast<std::size_t>(record_size_ + lane_padding));
    scratch.greatest.resize(scratch.least.size());
    kernel_.find_ranges(from, size, record_size_, scratch.least.data(), scratch.greatest.data());
    double* lower = tree_.boxes_.data() + node / node_block * tree_.n_columns_ * 2 * node_block + node % node_block;
    std::int64_t widest = 0;
    double extent = -1;
    for (std::int64_t c = 0; c < tree_.n_columns_; ++c, lower += 2 * node_block) {
      const Range range{scratch.least[static_cast<std::size_t>(c)], scratch.greatest[static_cast<std::size_t>(c)]};
      lower[0] = range.least;
      lower[node_block] = range.greatest;
      if (range.extent() > extent) {
        extent = range.extent();
        widest = c;
      }
    }
    return widest;
  }

  const Kernels& kernel_ = kernels();
  KdTree& tree_;
  std::int64_t record_size_;
  Records places_[2];  // of the even levels, and of the odd
};

KdTree::KdTree(const Samples& samples, Execution& execution, Metric metric)
    : n_samples_(samples.size()),
      n_columns_(samples.n_columns()),
      metric_(metric),
      rows_(static_cast<std::size_t>(n_samples_)),
      points_(static_cast<std::size_t>(n_columns_ * n_samples_ + lane_padding)) {
  std::fill_n(points_.end() - lane_padding, lane_padding, 0);
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
  return {n_columns_, depth_, leaf_begin_.data(), points_.data(), boxes_.data(), periods_.data(), periodic, metric_};
}

template <class Ask>
void KdTree::for_each_leaf(Execution& execution, const Ask& ask) const {
  execution.parallel_for(n_leaves(), leaves_worth_a_worker, [&](std::int64_t i) {
    const std::int64_t begin = leaf_begin_[static_cast<std::size_t>(i)];
    const std::int64_t end = leaf_begin_[static_cast<std::size_t>(i + 1)];
    ask(n_leaves() + i, std::span(rows_.data() + begin, rows_.data() + end));
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
