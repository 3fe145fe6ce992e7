// One column prepared once: sorted, with the row of every rank. It answers KSG's marginal question, how many other
// samples are closer than a radius, by binary search; a scan of many pairs shares it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "axis.hpp"
#include "execution.hpp"

namespace fastmi {

class Column {
 public:
  // NaN marks a missing row: it keeps its place in values() but has no rank.
  Column(std::span<const double> values, Axis axis);

  Axis axis() const { return axis_; }
  std::span<const double> values() const { return values_; }
  bool complete() const { return order_.size() == values_.size(); }

  // The rows where `kept` is not 0, renumbered; the order is filtered, not sorted again.
  Column select(std::span<const std::uint8_t> kept) const;

  // count[row] = number of other rows closer than radius[row], strictly. The column is complete.
  void count_closer(std::span<const double> radius, Execution& execution, std::span<std::int64_t> count) const;

 private:
  explicit Column(Axis axis) : axis_(axis) {}
  std::int64_t count_closer(std::int64_t rank, double radius) const;

  Axis axis_;
  std::vector<double> values_;
  std::vector<double> sorted_;
  std::vector<std::int64_t> order_;
};

}  // namespace fastmi
