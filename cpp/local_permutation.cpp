#include "local_permutation.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include "column.hpp"

namespace fastmi {
namespace {

constexpr std::int64_t rows_per_task = 64;

double distance_on(const Axis& axis, double a, double b) {
  const double direct = std::abs(a - b);
  if (!axis.periodic()) return direct;
  return std::min(std::min(std::abs(axis.period() - direct), (axis.period() + axis.period()) - direct), direct);
}

double distance(const Samples& z, std::int64_t i, std::int64_t j) {
  double greatest = 0;
  for (std::int64_t c = 0; c < z.n_columns(); ++c) {
    const std::span<const double> column = z.column(c);
    const double here = distance_on(z.axes()[static_cast<std::size_t>(c)], column[static_cast<std::size_t>(i)],
                                    column[static_cast<std::size_t>(j)]);
    greatest = std::max(greatest, here);
  }
  return greatest;
}

struct Candidate {
  double distance;
  std::int64_t steps;  // to go on from the row
  std::int64_t row;

  bool operator<(const Candidate& other) const {
    return std::tie(distance, steps) < std::tie(other.distance, other.steps);
  }
};

}  // namespace

Buffer<std::int64_t> nearest_rows(const Samples& z, std::span<const double> radius, std::int64_t most,
                                  Execution& execution) {
  const std::int64_t n = z.size();
  const Column first(z.column(0), z.axes().front());
  const std::span<const double> sorted = first.sorted();
  Buffer<std::int64_t> rows(static_cast<std::size_t>(n * most), -1);
  execution.parallel_for((n + rows_per_task - 1) / rows_per_task, 1, [&](std::int64_t task) {
    std::vector<Candidate> nearest;
    for (std::int64_t i = task * rows_per_task; i < std::min(n, (task + 1) * rows_per_task); ++i) {
      const double value = z.column(0)[static_cast<std::size_t>(i)];
      const double reach = radius[static_cast<std::size_t>(i)];
      // Round a circle all are looked at.
      const auto too_low = [&](double low) { return !first.axis().periodic() && value - low > reach; };
      const auto in_reach = [&](double high) { return first.axis().periodic() || !(high - value > reach); };
      const auto begin = std::partition_point(sorted.begin(), sorted.end(), too_low);
      const auto end = std::partition_point(begin, sorted.end(), in_reach);
      nearest.clear();
      for (auto rank = begin - sorted.begin(); rank < end - sorted.begin(); ++rank) {
        const std::int64_t j = first.order()[static_cast<std::size_t>(rank)];
        const Candidate candidate{distance(z, i, j), (j - i + n) % n, j};
        if (candidate.distance > reach) continue;
        if (static_cast<std::int64_t>(nearest.size()) == most) {
          if (!(candidate < nearest.back())) continue;
          nearest.pop_back();
        }
        nearest.insert(std::upper_bound(nearest.begin(), nearest.end(), candidate), candidate);
      }
      for (std::size_t m = 0; m < nearest.size(); ++m) rows[static_cast<std::size_t>(i * most) + m] = nearest[m].row;
    }
  });
  return rows;
}

void take_in_turn(std::span<const std::int64_t> order, std::span<const std::int64_t> candidates, std::int64_t most,
                  std::span<std::int64_t> rows) {
  std::vector<bool> taken(order.size());
  for (const std::int64_t i : order) {
    std::int64_t chosen = -1;
    for (const std::int64_t candidate :
         candidates.subspan(static_cast<std::size_t>(i * most), static_cast<std::size_t>(most))) {
      if (candidate < 0) continue;
      chosen = candidate;
      if (!taken[static_cast<std::size_t>(candidate)]) break;
    }
    taken[static_cast<std::size_t>(chosen)] = true;
    rows[static_cast<std::size_t>(i)] = chosen;
  }
}

}  // namespace fastmi
