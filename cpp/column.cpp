#include "column.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace fastmi {
namespace {

constexpr std::int64_t ranks_per_task = 1024;

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
// and never decreases. On a periodic axis the close ones lie around 0, one and two periods away.
template <class Direct>
std::int64_t count_side(const Direct& direct, std::int64_t end, Axis axis, double radius) {
  const std::int64_t end_0 = partition_point(1, end, [&](std::int64_t s) { return direct(s) < radius; });
  if (!axis.periodic()) return end_0 - 1;
  const double period = axis.period();
  const auto first = [&](std::int64_t from, double turn) {
    return partition_point(from, end, [&](std::int64_t s) { return !(turn - direct(s) < radius); });
  };
  const std::int64_t begin_1 = first(end_0, period);
  const std::int64_t end_1 = partition_point(begin_1, end, [&](std::int64_t s) { return direct(s) - period < radius; });
  const std::int64_t begin_2 = first(end_1, 2 * period);
  return (end_0 - 1) + (end_1 - begin_1) + (end - begin_2);
}

}  // namespace

Column::Column(std::span<const double> values, Axis axis) : axis_(axis) {
  values_.reserve(values.size());
  std::vector<std::pair<double, std::int64_t>> ranked;
  ranked.reserve(values.size());
  for (const double value : values) {
    const double wrapped = axis.wrap(value);
    if (!std::isnan(wrapped)) ranked.emplace_back(wrapped, static_cast<std::int64_t>(values_.size()));
    values_.push_back(wrapped);
  }
  std::sort(ranked.begin(), ranked.end());
  sorted_.reserve(ranked.size());
  order_.reserve(ranked.size());
  for (const auto& [value, row] : ranked) {
    sorted_.push_back(value);
    order_.push_back(row);
  }
}

Column Column::select(std::span<const std::uint8_t> kept) const {
  Column selected(axis_);
  std::vector<std::int64_t> new_row(values_.size(), -1);
  for (std::size_t row = 0; row < values_.size(); ++row) {
    if (!kept[row]) continue;
    new_row[row] = static_cast<std::int64_t>(selected.values_.size());
    selected.values_.push_back(values_[row]);
  }
  for (std::size_t rank = 0; rank < order_.size(); ++rank) {
    const std::int64_t row = new_row[static_cast<std::size_t>(order_[rank])];
    if (row < 0) continue;
    selected.sorted_.push_back(sorted_[rank]);
    selected.order_.push_back(row);
  }
  return selected;
}

void Column::count_closer(std::span<const double> radius, Execution& execution, std::span<std::int64_t> count) const {
  const auto n = static_cast<std::int64_t>(order_.size());
  execution.parallel_for((n + ranks_per_task - 1) / ranks_per_task, [&](std::int64_t task) {
    const std::int64_t end = std::min(n, (task + 1) * ranks_per_task);
    for (std::int64_t rank = task * ranks_per_task; rank < end; ++rank) {
      const auto row = static_cast<std::size_t>(order_[static_cast<std::size_t>(rank)]);
      count[row] = count_closer(rank, radius[row]);
    }
  });
}

std::int64_t Column::count_closer(std::int64_t rank, double radius) const {
  if (!(radius > 0)) return 0;
  const double* v = sorted_.data();
  const double x = v[rank];
  const auto below = [=](std::int64_t steps) { return x - v[rank - steps]; };
  const auto above = [=](std::int64_t steps) { return v[rank + steps] - x; };
  const auto n = static_cast<std::int64_t>(sorted_.size());
  return count_side(below, rank + 1, axis_, radius) + count_side(above, n - rank, axis_, radius);
}

}  // namespace fastmi
