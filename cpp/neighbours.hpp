// The two questions of which every estimator by nearest neighbours is made, asked of samples of any columns: how far is
// the k-th nearest other sample, and how many are closer than a given radius. Each data structure is built when first
// needed, and kept for the questions to come. Threads may ask at once.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "bitmap_index.hpp"
#include "buffer.hpp"
#include "column.hpp"
#include "engine.hpp"
#include "execution.hpp"
#include "kd_tree.hpp"
#include "lazy.hpp"
#include "samples.hpp"

namespace fastmi {

class Neighbours {
 public:
  explicit Neighbours(Samples samples, Metric metric = Metric::chebyshev)
      : samples_(std::move(samples)), metric_(metric) {}

  std::int64_t size() const { return samples_.size(); }

  // Distance of every row to its k-th nearest other row, for 1 <= k < size().
  Buffer<double> kth_distances(std::int64_t k, Execution& execution) const;

  // The same, and the distance to the one after that: infinite for k = size() - 1. Equal where neighbours tie.
  struct KthAndNext {
    Buffer<double> kth;
    Buffer<double> next;
  };
  KthAndNext kth_and_next(std::int64_t k, Execution& execution) const;

  // Distance of every row of the queries, which have the same axes and metric, to its k-th nearest row here, for
  // 1 <= k <= size().
  Buffer<double> kth_distances_of(const Neighbours& queries, std::int64_t k, Execution& execution) const;

  // How many other rows are closer to each row than its radius, strictly; in the max-norm, as is all that follows.
  Buffer<std::int64_t> count_closer(std::span<const double> radius, Execution& execution) const;

  // The same as inside, and in within also those at that very distance.
  struct CountsAround {
    Buffer<std::int64_t> inside;
    Buffer<std::int64_t> within;
  };
  CountsAround count_around(std::span<const double> radius, Execution& execution) const;

  // Among all other rows no further away than the radius, the greatest distance by the first n_first columns, and the
  // greatest by the others.
  std::pair<Buffer<double>, Buffer<double>> extents(std::span<const double> radius, std::int64_t n_first,
                                                    Execution& execution) const;

 private:
  void search(std::int64_t k, Execution& execution, std::span<double> radius, std::span<double> before) const;
  Engine engine_of_search(std::int64_t k, Execution& execution) const;
  const std::vector<Column>& columns(Execution& execution) const;
  const KdTree& tree(Execution& execution) const;
  const BitmapIndex& bitmaps(Execution& execution) const;

  Samples samples_;
  Metric metric_;
  Lazy<std::vector<Column>> columns_;
  Lazy<KdTree> tree_;
  Lazy<BitmapIndex> bitmaps_;
};

}  // namespace fastmi
