// A bucket k-d tree in the max-norm over any mix of linear and periodic columns.
//
// The tree is implicit: node h has the children 2h and 2h + 1, the root is 1, and at each level the samples, in tree
// order, are shared out evenly. A node therefore needs no pointers and no sizes, only its bounding box. A split is by
// rank, so ties, constant columns and heavy tails leave the tree as shallow as any other data. Each leaf holds 16 to 32
// samples (fewer if there are fewer), every column of it contiguous, to be scanned by SIMD lanes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "axis.hpp"
#include "execution.hpp"
#include "k_smallest.hpp"
#include "samples.hpp"

namespace fastmi {

class KdTree {
 public:
  KdTree(const Samples& samples, Execution& execution);

  // radius[row] = distance of the row to its k-th nearest other row, for k < the number of samples.
  void kth_distances(std::int64_t k, Execution& execution, std::span<double> radius) const;

  // count[row] = number of other rows closer than radius[row], strictly.
  void count_closer(std::span<const double> radius, Execution& execution, std::span<std::int64_t> count) const;

 private:
  using Node = std::int64_t;
  static constexpr std::int64_t leaf_capacity = 32;
  static constexpr Node root = 1;

  Node first_leaf() const { return Node{1} << depth_; }
  bool is_leaf(Node node) const { return node >= first_leaf(); }
  std::int64_t begin(Node node) const;
  std::int64_t end(Node node) const;
  const double* lower(Node node) const { return boxes_.data() + 2 * node * n_columns_; }
  const double* upper(Node node) const { return lower(node) + n_columns_; }
  const double* column(std::int64_t c) const { return points_.data() + c * n_samples_; }

  void build(const Samples& samples, Node node, Execution& execution);
  std::int64_t bound(const Samples& samples, Node node);
  void read_query(std::int64_t position, std::span<double> query) const;
  void distances(const double* query, Node leaf, double* distance) const;
  double distance_to_box(const double* query, Node node) const;

  void search(const double* query, Node node, KSmallest& nearest) const;
  std::int64_t count(const double* query, double radius, Node node) const;

  std::int64_t n_samples_;
  std::int64_t n_columns_;
  int depth_ = 0;
  std::vector<Axis> axes_;
  std::vector<std::int64_t> rows_;  // row of each position in tree order
  std::vector<double> points_;      // column by column, in tree order
  std::vector<double> boxes_;       // lower bounds then upper bounds of each node
};

}  // namespace fastmi
