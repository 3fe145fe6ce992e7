// One column prepared once, for all the pairs it is in: sorted, with the row of every rank and a grid over its values.
// It answers KSG's marginal question, how many other samples are closer than a radius.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "axis.hpp"
#include "execution.hpp"
#include "kernels/kernels.hpp"

namespace fastmi {

class Column {
 public:
  // NaN marks a missing row: it keeps its place in values() but has no rank.
  Column(std::span<const double> values, Axis axis);

  Axis axis() const { return axis_; }
  std::span<const double> values() const { return values_; }
  bool complete() const { return order_.size() == values_.size(); }

  std::span<const double> sorted() const { return sorted_; }
  std::span<const std::int64_t> order() const { return order_; }  // row of each rank
  std::int64_t n_distinct() const { return n_distinct_; }

  // The rows where `kept` is not 0, renumbered; the order is filtered, not sorted again.
  Column select(std::span<const std::uint8_t> kept) const;

  // count[row] = number of other rows closer than radius[row], strictly. The column is complete.
  void count_closer(std::span<const double> radius, Execution& execution, std::span<std::int64_t> count) const;

 private:
  explicit Column(Axis axis) : axis_(axis) {}
  void index();
  GridView grid() const;

  Axis axis_;
  std::vector<double> values_;
  std::vector<double> sorted_;
  std::vector<std::int64_t> order_;
  std::int64_t n_distinct_ = 0;
  std::vector<std::int64_t> cell_begin_;
  double cells_per_unit_ = 0;
};

}  // namespace fastmi
