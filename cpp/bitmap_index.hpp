// Neighbours among samples of many columns, by bitmaps.
//
// In many dimensions a ball reaches into most boxes of a tree, yet each column alone rules out a share of the samples.
// So every linear column is cut into 64 bins of about equal mass, and every block of 512 samples keeps, for each column
// and bin, the set of its samples in lower bins, as 512 bits. The samples whose bins reach into a query's ball are then
// the intersection of one difference of two such sets for each column: a few instructions for 512 samples. Only what is
// left is looked at exactly, with the distance of every other engine, periodic columns included.
//
// Samples are put in order by a k-d split down to leaves of 128, so that blocks are compact and many can be left out by
// their bounds; and a sample's nearest in its own leaf give the first bound of its radius.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "buffer.hpp"
#include "execution.hpp"
#include "kernels/kernels.hpp"
#include "samples.hpp"

namespace fastmi {

class BitmapIndex {
 public:
  // Whether a leaf holds enough neighbours to bound the radius by; if not, a tree is better.
  static bool suits(std::int64_t k) { return k < leaf_size; }

  BitmapIndex(const Samples& x, const Samples& y, Execution& execution);

  // radius[row] = distance of the row to its k-th nearest other row in x and y, for k < the number of samples; and
  // n_x[row], n_y[row] = number of other rows closer than that, strictly, in x alone and in y alone. A side whose span
  // is empty is not counted.
  void ksg_counts(std::int64_t k, Execution& execution, std::span<double> radius, std::span<std::int64_t> n_x,
                  std::span<std::int64_t> n_y) const;

  // The same one by one: the radius by all columns (and before[row], unless it is empty, the distance to the neighbour
  // before that, for k > 1), and the counts by those of x.
  void kth_distances(std::int64_t k, Execution& execution, std::span<double> radius,
                     std::span<double> before = {}) const;
  void count_closer_in_x(std::span<const double> radius, Execution& execution, std::span<std::int64_t> count) const {
    count_closer(x_, radius, execution, count);
  }

 private:
  // Where a column comes from, and its place among the doubles of a point.
  struct Source {
    std::span<const double> values;
    Axis axis;
    std::int64_t lane;
  };
  struct Progress;
  struct Box {
    std::vector<double> lower;
    std::vector<double> upper;
  };

  BitmapSide add_side(const Samples& samples, std::vector<Source>& sources);
  void order_rows(std::span<const Source> linear, Execution& execution);
  std::int64_t split(std::span<const Source> linear, std::int64_t begin, std::int64_t end);
  const Source& widest(std::span<const Source> linear, std::int64_t begin, std::int64_t end) const;
  void gather(const Source& source);
  void cut_into_bins(std::int64_t column, std::span<std::uint8_t> bin_of);
  void fill_block(std::int64_t block, std::span<const std::uint8_t> bin_of);

  std::int64_t n_columns() const { return static_cast<std::int64_t>(columns_.size()); }
  std::int64_t n_blocks() const { return (n_points_ + block_size - 1) / block_size; }
  std::int64_t n_leaves() const { return (n_points_ + leaf_size - 1) / leaf_size; }
  std::int64_t size_of_leaf(std::int64_t leaf) const;
  std::size_t row(std::int64_t leaf, std::int64_t i) const;
  BitmapSide joint() const;
  BitmapView view() const;
  Box bounds(std::int64_t begin, std::int64_t end) const;
  double gap(const BitmapSide& side, const Box& box, std::int64_t block) const;
  void search(std::int64_t leaf, const BitmapSide& side, const BitmapSide& other, Execution& execution,
              Progress& progress) const;
  void search_own(std::int64_t leaf, std::int64_t k, std::span<double> nearest) const;
  void kth_distances_and_counts(const BitmapSide& side, const BitmapSide& other, std::int64_t k, Execution& execution,
                                std::span<double> radius, std::span<std::int64_t> count) const;
  void count_closer(const BitmapSide& side, std::span<const double> radius, Execution& execution,
                    std::span<std::int64_t> count) const;

  std::int64_t n_points_;
  std::int64_t n_lanes_ = 0;
  std::vector<std::int64_t> lanes_;  // that hold a column
  std::vector<double> period_;       // of each lane; infinite where it is linear
  BitmapSide x_;
  BitmapSide y_;
  Buffer<std::int64_t> rows_;  // of each point
  Buffer<double> points_;
  Buffer<BinnedColumn> columns_;
  Buffer<std::uint64_t> present_;
  Buffer<std::uint64_t> bitmaps_;
  Buffer<double> block_lower_;
  Buffer<double> block_upper_;
};

}  // namespace fastmi
