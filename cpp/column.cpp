#include "column.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "argsort.hpp"

namespace fastmi {
namespace {

constexpr std::int64_t ranks_per_task = 1024;
constexpr std::int64_t tasks_worth_a_worker = 2;
constexpr std::int64_t rows_worth_a_worker = 4096;  // to prepare

// The first index in [begin, end) where `before` no longer holds, or end; it must hold for a prefix. Without branches
// that depend on the data, since no processor can guess them.
template <class Predicate>
std::int64_t partition_point(std::int64_t begin, std::int64_t end, const Predicate& before) {
  std::int64_t length = end - begin;
  while (length > 0) {
    const std::int64_t half = length / 2;
    const bool right = before(begin + half);
    begin = right ? begin + half + 1 : begin;
    length = right ? length - half - 1 : half;
  }
  return begin;
}

// Samples closer than the radius among those 1 .. end - 1 ranks to one side, where `direct` gives the direct distance
// and never decreases. The close ones lie around 0, one and two periods away.
template <class Direct>
std::int64_t count_side(const Direct& direct, std::int64_t end, double period, double radius) {
  const auto first = [&](std::int64_t from, double turn) {
    return partition_point(from, end, [&](std::int64_t s) { return !(turn - direct(s) < radius); });
  };
  const std::int64_t end_0 = partition_point(1, end, [&](std::int64_t s) { return direct(s) < radius; });
  const std::int64_t begin_1 = first(end_0, period);
  const std::int64_t end_1 = partition_point(begin_1, end, [&](std::int64_t s) { return direct(s) - period < radius; });
  const std::int64_t begin_2 = first(end_1, 2 * period);
  return (end_0 - 1) + (end_1 - begin_1) + (end - begin_2);
}

std::int64_t count_periodic(std::span<const double> sorted, std::int64_t rank, double period, double radius) {
  if (!(radius > 0)) return 0;
  const double* x = sorted.data() + rank;
  const auto below = [=](std::int64_t steps) { return *x - x[-steps]; };
  const auto above = [=](std::int64_t steps) { return x[steps] - *x; };
  const auto n = static_cast<std::int64_t>(sorted.size());
  return count_side(below, rank + 1, period, radius) + count_side(above, n - rank, period, radius);
}

}  // namespace

Column::Column(std::span<const double> values, Axis axis) : axis_(axis), values_(values) {
  Sorted sorted_rows = argsort(values_, grid_padding);
  ranked_ = std::make_shared<Ranked>(std::move(sorted_rows.values));
  order_ = std::move(sorted_rows.rows);
}

Column::Ranked::Ranked(Buffer<double> in_order) : sorted(std::move(in_order)) {
  const std::size_t n = sorted.size();
  if (n == 0) return;
  n_distinct = 1;
  for (std::size_t rank = 1; rank < n; ++rank) n_distinct += sorted[rank] > sorted[rank - 1];
  grid = ValueGrid(sorted);
  sorted.resize(n + grid_padding, std::numeric_limits<double>::infinity());
}

Column Column::select(std::span<const std::uint8_t> kept) const {
  Column selected;
  selected.axis_ = axis_;
  Buffer<std::int64_t> new_row(values_.size(), -1);
  Buffer<double>& values = selected.own_values_;
  values.reserve(values_.size());
  Buffer<double> in_order;
  in_order.reserve(order_.size() + grid_padding);
  selected.order_.reserve(order_.size());
  for (std::size_t row = 0; row < values_.size(); ++row) {
    if (!kept[row]) continue;
    new_row[row] = static_cast<std::int64_t>(values.size());
    values.push_back(values_[row]);
  }
  selected.values_ = values;
  for (std::size_t rank = 0; rank < order_.size(); ++rank) {
    const std::int64_t row = new_row[static_cast<std::size_t>(order_[rank])];
    if (row < 0) continue;
    in_order.push_back(sorted()[rank]);
    selected.order_.push_back(row);
  }
  selected.ranked_ = std::make_shared<Ranked>(std::move(in_order));
  return selected;
}

Column Column::moved(std::span<const std::int64_t> place) const {
  Column result;
  result.axis_ = axis_;
  result.ranked_ = ranked_;
  result.own_values_.resize(values_.size());
  result.order_.resize(order_.size());
  for (std::size_t rank = 0; rank < order_.size(); ++rank) {
    const std::int64_t row = place[static_cast<std::size_t>(order_[rank])];
    result.order_[rank] = row;
    result.own_values_[static_cast<std::size_t>(row)] = ranked_->sorted[rank];
  }
  result.values_ = result.own_values_;
  return result;
}

void Column::kth_distances(std::int64_t k, std::span<double> radius) const {
  fastmi::kth_distances(sorted(), order_, k, radius);
}

void Column::count_closer_by_rank(std::span<const double> radius, Execution& execution,
                                  std::span<std::int64_t> count) const {
  const Kernels& kernel = kernels();
  const GridView grid = ranked_->grid.view(ranked_->sorted);
  const auto n = static_cast<std::int64_t>(order_.size());
  execution.parallel_for((n + ranks_per_task - 1) / ranks_per_task, tasks_worth_a_worker, [&](std::int64_t task) {
    const std::int64_t begin = task * ranks_per_task;
    const std::int64_t end = std::min(n, begin + ranks_per_task);
    double radius_of[ranks_per_task];
    for (std::int64_t rank = begin; rank < end; ++rank) {
      radius_of[rank - begin] = radius[static_cast<std::size_t>(order_[static_cast<std::size_t>(rank)])];
    }
    if (axis_.periodic()) {
      for (std::int64_t rank = begin; rank < end; ++rank) {
        count[static_cast<std::size_t>(rank)] = count_periodic(sorted(), rank, axis_.period(), radius_of[rank - begin]);
      }
    } else {
      kernel.count_sorted(grid, begin, end, radius_of, count.data() + begin);
    }
  });
}

// To the rows by one thread: many would write to each other's cache lines.
void Column::count_closer(std::span<const double> radius, Execution& execution, std::span<std::int64_t> count) const {
  Buffer<std::int64_t> found(order_.size());
  count_closer_by_rank(radius, execution, found);
  for (std::size_t rank = 0; rank < found.size(); ++rank) count[static_cast<std::size_t>(order_[rank])] = found[rank];
}

// The nearest k + 1, the value itself among them, are a window of ranks, which moves up with the value.
void kth_distances(std::span<const double> sorted, std::span<const std::int64_t> rows, std::int64_t k,
                   std::span<double> radius) {
  const double* first = sorted.data();
  const double* const end = first + sorted.size();
  for (std::size_t rank = 0; rank < sorted.size(); ++rank) {
    const double x = sorted[rank];
    while (first + k + 1 < end && first[k + 1] - x < x - *first) ++first;
    radius[static_cast<std::size_t>(rows[rank])] = std::max(x - *first, first[k] - x);
  }
}

std::vector<Column> prepare_columns(const Samples& x, const Samples& y, Execution& execution) {
  std::vector<Column> columns(x.axes().size() + y.axes().size());
  const std::int64_t grain = std::max<std::int64_t>(1, rows_worth_a_worker / std::max<std::int64_t>(1, x.size()));
  execution.parallel_for(static_cast<std::int64_t>(columns.size()), grain, [&](std::int64_t task) {
    const bool of_x = task < x.n_columns();
    const Samples& samples = of_x ? x : y;
    const std::int64_t c = of_x ? task : task - x.n_columns();
    columns[static_cast<std::size_t>(task)] = Column(samples.column(c), samples.axes()[static_cast<std::size_t>(c)]);
  });
  return columns;
}

}  // namespace fastmi
