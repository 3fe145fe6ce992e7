// One column prepared once, for all the pairs it is in: sorted, with the row of every rank and a grid over its values.
// It answers KSG's marginal question, how many other samples are closer than a radius.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "axis.hpp"
#include "buffer.hpp"
#include "execution.hpp"
#include "samples.hpp"
#include "value_grid.hpp"

namespace fastmi {

class Column {
 public:
  Column() = default;
  Column(Column&&) = default;
  Column& operator=(Column&&) = default;

  // Of values that are wrapped already and outlive the column. NaN marks a missing row: it keeps its place in values()
  // but has no rank.
  Column(std::span<const double> values, Axis axis);

  Axis axis() const { return axis_; }
  std::span<const double> values() const { return values_; }
  bool complete() const { return order_.size() == values_.size(); }

  std::span<const double> sorted() const { return std::span(ranked_->sorted).first(order_.size()); }
  std::span<const std::int64_t> order() const { return order_; }  // row of each rank
  std::int64_t n_distinct() const { return ranked_->n_distinct; }

  // The rows where `kept` is not 0, renumbered; the order is filtered, not sorted again.
  Column select(std::span<const std::uint8_t> kept) const;

  // The same values in other rows: what row r has goes to row place[r]. All that depends on the values alone is shared.
  // The column is complete.
  Column moved(std::span<const std::int64_t> place) const;

  // radius[row] = distance of the row to its k-th nearest other row, for 1 <= k < their number. The column is complete,
  // and linear.
  void kth_distances(std::int64_t k, std::span<double> radius) const;

  // count[rank] = number of other rows closer to the rank's row than radius[row], strictly. The column is complete.
  void count_closer_by_rank(std::span<const double> radius, Execution& execution, std::span<std::int64_t> count) const;

  // The same as count[row].
  void count_closer(std::span<const double> radius, Execution& execution, std::span<std::int64_t> count) const;

 private:
  // What depends on the values alone, whatever their rows.
  struct Ranked {
    explicit Ranked(Buffer<double> in_order);

    Buffer<double> sorted;  // and padding
    std::int64_t n_distinct = 0;
    ValueGrid grid;
  };

  Axis axis_;
  std::span<const double> values_;
  Buffer<double> own_values_;  // if it is a selection, or moved
  std::shared_ptr<const Ranked> ranked_;
  Buffer<std::int64_t> order_;
};

// radius[rows[i]] = distance of sorted[i] to its k-th nearest other, for 1 <= k < their number.
void kth_distances(std::span<const double> sorted, std::span<const std::int64_t> rows, std::int64_t k,
                   std::span<double> radius);

// All columns, those of x first, prepared in parallel.
std::vector<Column> prepare_columns(const Samples& x, const Samples& y, Execution& execution);

}  // namespace fastmi
