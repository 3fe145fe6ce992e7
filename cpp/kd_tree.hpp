// A bucket k-d tree: in the max-norm over any mix of linear and periodic columns, or in the Euclidean norm over linear
// ones.
//
// The tree is implicit: node h has the children 2h and 2h + 1, the root is 1, and at each level the samples, in tree
// order, are shared out evenly, by eights. A node therefore needs no pointers, only its bounding box. A split is by
// rank, so ties, constant columns and heavy tails leave the tree as shallow as any other data. Each leaf holds 16, 24
// or 32 samples (the last may hold a few less), every column of it contiguous, to be scanned by SIMD lanes. Nodes are
// looked at three levels at once: the eight great-grandchildren of node h, 8h to 8h + 7, have their boxes side by side.
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
  // Euclidean distances are the root of the sum, in the order of the columns, of squared differences: so differences
  // beyond 1e154 are as good as infinite, and those below 1e-162 as good as none.
  KdTree(const Samples& samples, Execution& execution, Metric metric = Metric::chebyshev);

  // radius[row] = distance of the row to its k-th nearest other row, for k < the number of samples; and before[row],
  // unless it is empty, to the one before it, for k > 1.
  void kth_distances(std::int64_t k, Execution& execution, std::span<double> radius,
                     std::span<double> before = {}) const;

  // radius[row] = distance of that row of the other tree to its k-th nearest row of this one, for k up to the number of
  // samples here. The trees have the same axes and the same metric.
  void kth_distances_of(const KdTree& queries, std::int64_t k, Execution& execution, std::span<double> radius,
                        std::span<double> before = {}) const;

  // count[row] = number of other rows closer than radius[row], strictly; in the max-norm, as is all that follows.
  void count_closer(std::span<const double> radius, Execution& execution, std::span<std::int64_t> count) const;

  // The same as inside[row], and in within[row] also those at that very distance.
  void count_around(std::span<const double> radius, Execution& execution, std::span<std::int64_t> inside,
                    std::span<std::int64_t> within) const;

  // Among all other rows no further away than radius[row], the greatest distance by the first n_first columns, and the
  // greatest by the others; 0 where there are none. All ties at the radius take part.
  void extents(std::span<const double> radius, std::int64_t n_first, Execution& execution, std::span<double> first,
               std::span<double> second) const;

 private:
  class Builder;

  std::int64_t n_leaves() const { return std::int64_t{1} << depth_; }
  TreeView view() const;

  // Calls ask(leaf, rows) for each leaf and the rows in it.
  template <class Ask>
  void for_each_leaf(Execution& execution, const Ask& ask) const;

  std::int64_t n_samples_;
  std::int64_t n_columns_;
  Metric metric_;
  int depth_ = 0;
  std::vector<double> periods_;      // of each column; infinite where it is linear
  Buffer<std::int64_t> leaf_begin_;  // position of each leaf, and the end of the last
  Buffer<std::int64_t> rows_;        // row of each position in tree order
  Buffer<double> points_;            // leaf by leaf, column after column in each
  Buffer<double> boxes_;             // see TreeView
};

}  // namespace fastmi
