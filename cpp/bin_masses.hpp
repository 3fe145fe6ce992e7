// The probability of every bin of every column under the normal kernel of each centre.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "buffer.hpp"
#include "execution.hpp"

namespace fastmi {

// One column of a Gaussian product kernel density on a grid of bins.
struct KdeColumn {
  std::span<const double> centres;
  double bandwidth;
  std::span<const double> edges;  // ascending; one more than there are bins

  std::int64_t n_bins() const { return static_cast<std::int64_t>(edges.size()) - 1; }
};

using KdeGrid = std::vector<KdeColumn>;

class BinMasses {
 public:
  // Of the centres [begin, end).
  BinMasses(const KdeGrid& kde, std::int64_t begin, std::int64_t end, Execution& execution);

  // The bins that a kernel reaches; in all others, and in those cut off here, lies less than 1e-16 of it.
  struct Window {
    std::int64_t first_bin;
    std::span<const double> mass;
    double outside;  // mass beyond the first and the last edge
  };
  Window window(std::size_t column, std::int64_t centre) const;

  // Of all kernels together: what lies inside the range in every column, and what does not, each without cancellation.
  struct Sums {
    double inside = 0;
    double outside = 0;
    double most_inside = 0;  // of one kernel
  };
  Sums sums() const;

  std::int64_t n_centres() const { return n_centres_; }
  std::size_t n_columns() const { return columns_.size(); }

 private:
  struct Column {
    Buffer<std::int64_t> first_bin;
    Buffer<std::int64_t> begin;  // of each centre's masses, and the end of the last
    Buffer<double> mass;
    Buffer<double> outside;
  };

  std::int64_t n_centres_;
  std::vector<Column> columns_;
};

// How many cells the columns [first, end) make.
std::int64_t n_cells(const KdeGrid& kde, std::size_t first, std::size_t end);

// How many centres to take at a time, so that all that is made of them stays within half a gigabyte: their masses,
// alias tables, and lists of the cells of the first n_leading columns that they reach.
std::int64_t centre_batch(const KdeGrid& kde, std::size_t n_leading);

// Calls work(masses, number of the first centre) with the centres of one batch after another.
template <class Work>
void for_each_batch(const KdeGrid& kde, std::size_t n_leading, Execution& execution, const Work& work) {
  const auto n_centres = static_cast<std::int64_t>(kde.front().centres.size());
  const std::int64_t batch = centre_batch(kde, n_leading);
  for (std::int64_t begin = 0; begin < n_centres; begin += batch) {
    work(BinMasses(kde, begin, std::min(begin + batch, n_centres), execution), begin);
  }
}

}  // namespace fastmi
