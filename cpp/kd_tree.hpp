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
#include "buffer.hpp"
#include "execution.hpp"
#include "kernels/kernels.hpp"
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
  std::int64_t n_leaves() const { return std::int64_t{1} << depth_; }
  std::int64_t begin(std::int64_t node, int level) const;
  double* column(std::int64_t c) { return points_.data() + c * (n_samples_ + lane_padding); }

  void build(std::int64_t node, int level);
  std::int64_t bound(std::int64_t node, std::int64_t begin, std::int64_t end);
  TreeView view() const;

  std::int64_t n_samples_;
  std::int64_t n_columns_;
  int depth_ = 0;
  std::vector<double> periods_;  // of each column; infinite where it is linear
  Buffer<std::int64_t> rows_;    // row of each position in tree order
  Buffer<double> points_;        // column by column, in tree order
  Buffer<double> boxes_;         // lower bounds, then upper bounds of each node
  Buffer<std::int32_t> split_;   // column along which each inner node is split
};

}  // namespace fastmi
