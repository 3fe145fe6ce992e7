// One column prepared once, for all the pairs it is in: sorted, with the row of every rank and a grid over its values.
// It answers KSG's marginal question, how many other samples are closer than a radius.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "axis.hpp"
#include "execution.hpp"
#include "samples.hpp"
#include "value_grid.hpp"

namespace fastmi {

class Column {
 public:
  Column() = default;

  // Of values that are wrapped already. NaN marks a missing row: it keeps its place in values() but has no rank.
  Column(std::span<const double> values, Axis axis);

  Axis axis() const { return axis_; }
  std::span<const double> values() const { return values_; }
  bool complete() const { return order_.size() == values_.size(); }

  std::span<const double> sorted() const { return std::span(sorted_).first(order_.size()); }
  std::span<const std::int64_t> order() const { return order_; }  // row of each rank
  std::int64_t n_distinct() const { return n_distinct_; }

  // The rows where `kept` is not 0, renumbered; the order is filtered, not sorted again.
  Column select(std::span<const std::uint8_t> kept) const;

  // count[row] = number of other rows closer than radius[row], strictly. The column is complete.
  void count_closer(std::span<const double> radius, Execution& execution, std::span<std::int64_t> count) const;

 private:
  void index();

  Axis axis_;
  std::vector<double> values_;
  std::vector<double> sorted_;  // and padding
  std::vector<std::int64_t> order_;
  std::int64_t n_distinct_ = 0;
  ValueGrid grid_;
};

// All columns of the samples, prepared in parallel.
std::vector<Column> prepare_columns(const Samples& samples, Execution& execution);

}  // namespace fastmi
