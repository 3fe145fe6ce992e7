// The k nearest neighbours of points in the plane, by strips.
//
// The plane is cut into strips along one column, by rank, and each strip keeps its points in the order of the other
// column. A point finds its neighbours by scanning its own strip up and down from where it stands, and then the strips
// to both sides while they are closer than the k-th neighbour so far. Both columns are sorted already, so the strips
// are filled in one pass; for two columns this beats any tree, which would take longer to build than this to answer.
//
// Cuts lie between distinct values, so that a constant or coarse column does not make every strip touch the next; and
// the strips run along the column with fewer distinct values, whose ties then cost nothing. There are of the order of
// sqrt(n) strips of sqrt(n) points, so that even the worst of points costs no more than a few sqrt(n).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "buffer.hpp"
#include "column.hpp"
#include "execution.hpp"
#include "kernels/kernels.hpp"

namespace fastmi {

class Strips {
 public:
  // Whether strips can answer for these columns; if not, a tree can.
  static bool suits(const Column& x, const Column& y, std::int64_t k);

  Strips(const Column& x, const Column& y);

  // radius[row] = distance of the row to its k-th nearest other row; and before[row], unless it is empty, to the one
  // before it, for k > 1.
  void kth_distances(std::int64_t k, Execution& execution, std::span<double> radius,
                     std::span<double> before = {}) const;

 private:
  void cut(const Column& x);
  void fill(const Column& x, const Column& y);

  std::vector<std::int64_t> begin_;
  std::vector<double> x_min_;
  std::vector<double> x_max_;
  Buffer<double> x_;
  Buffer<double> y_;
  Buffer<std::int64_t> row_;
  Buffer<std::int32_t> snapshot_;
};

}  // namespace fastmi
