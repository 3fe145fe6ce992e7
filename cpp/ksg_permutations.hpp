// KSG1 for many orders of the rows of y, as a permutation test asks it.
//
// A permutation changes which value of y goes with which of x, and nothing within x or y: sorted columns, grids over
// their values and the trees that count in one side alone are built once, for all permutations. Each result has the
// bits that ksg1() has for the permuted samples.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "buffer.hpp"
#include "column.hpp"
#include "execution.hpp"
#include "kd_tree.hpp"
#include "ksg.hpp"
#include "samples.hpp"

namespace fastmi {

// Of pairs of columns, complete, which all see the same permutations.
class KsgPairPermutations {
 public:
  KsgPairPermutations(Samples x, Samples y, std::vector<ColumnPair> pairs, std::int64_t k, Execution& execution);

  // result[p * n_pairs + i] = the estimate for the i-th pair where row r of y is what was row rows[p * n + r], n being
  // the number of samples. Permutations run in parallel.
  Buffer<double> estimates(std::span<const std::int64_t> rows, Execution& execution) const;

 private:
  Samples x_samples_;
  Samples y_samples_;
  std::vector<ColumnPair> pairs_;
  std::int64_t k_;
  std::vector<Column> columns_;  // those of x, then those of y
};

// Of all columns of x jointly with all columns of y.
class KsgJointPermutations {
 public:
  KsgJointPermutations(Samples x, Samples y, std::int64_t k, Execution& execution);

  // result[p], of the same permutations.
  Buffer<double> estimates(std::span<const std::int64_t> rows, Execution& execution) const;

 private:
  // One of x and y, with what counts in it. A single column needs no tree.
  struct Side {
    Side(Samples all, bool counts, Execution& execution);
    Buffer<std::int64_t> count_closer(std::span<const double> radius, Execution& execution) const;

    Samples samples;
    std::optional<Column> column;
    std::optional<KdTree> tree;
  };

  KsgCounts counts(std::span<const std::int64_t> rows, Execution& execution) const;

  std::int64_t k_;
  bool by_tree_;  // else by the bitmap index, which counts on its way
  Side x_;
  Side y_;
};

}  // namespace fastmi
