#include "strips.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fastmi {
namespace {

constexpr std::int64_t points_per_task = 256;
constexpr std::int64_t tasks_worth_a_worker = 4;
constexpr double strip_shape = 5;               // strips of sqrt(strip_shape * n) points
constexpr std::int64_t snapshot_per_strip = 8;  // points of each strip between two snapshots, about

}  // namespace

bool Strips::suits(const Column& x, const Column& y, std::int64_t k) {
  return k <= max_register_k && !x.axis().periodic() && !y.axis().periodic() &&
         x.sorted().size() < static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max());
}

Strips::Strips(const Column& x, const Column& y) {
  const bool along_x = x.n_distinct() <= y.n_distinct();
  cut(along_x ? x : y);
  fill(along_x ? x : y, along_x ? y : x);
}

void Strips::cut(const Column& x) {
  const std::span<const double> sorted = x.sorted();
  const auto n = static_cast<std::int64_t>(sorted.size());
  const auto size = std::max<std::int64_t>(1, std::llround(std::sqrt(strip_shape * static_cast<double>(n))));
  for (std::int64_t begin = 0; begin < n;) {
    begin_.push_back(begin);
    x_min_.push_back(sorted[static_cast<std::size_t>(begin)]);
    const std::int64_t last = std::min(n, begin + size) - 1;
    const auto next = std::upper_bound(sorted.begin() + last, sorted.end(), sorted[static_cast<std::size_t>(last)]);
    begin = next - sorted.begin();
    x_max_.push_back(sorted[static_cast<std::size_t>(begin - 1)]);
  }
  begin_.push_back(n);
}

void Strips::fill(const Column& x, const Column& y) {
  const std::size_t n = x.sorted().size();
  const std::size_t n_strips = x_min_.size();
  Buffer<std::int32_t> strip_of(n);
  for (std::size_t s = 0; s < n_strips; ++s) {
    for (std::int64_t rank = begin_[s]; rank < begin_[s + 1]; ++rank) {
      strip_of[static_cast<std::size_t>(x.order()[static_cast<std::size_t>(rank)])] = static_cast<std::int32_t>(s);
    }
  }

  x_.resize(n);
  y_.resize(n);
  row_.resize(n);
  Buffer<std::int32_t> cursor(begin_.begin(), begin_.end() - 1);
  const std::size_t every = snapshot_per_strip * n_strips;
  snapshot_.reserve((n / every + 1) * n_strips);
  for (std::size_t begin = 0; begin < n; begin += every) {
    snapshot_.insert(snapshot_.end(), cursor.begin(), cursor.end());
    for (std::size_t rank = begin; rank < std::min(n, begin + every); ++rank) {
      const std::int64_t row = y.order()[rank];
      const auto strip = static_cast<std::size_t>(strip_of[static_cast<std::size_t>(row)]);
      const auto place = static_cast<std::size_t>(cursor[strip]++);
      x_[place] = x.values()[static_cast<std::size_t>(row)];
      y_[place] = y.sorted()[rank];
      row_[place] = row;
    }
  }
}

void Strips::kth_distances(std::int64_t k, Execution& execution, std::span<double> radius,
                           std::span<double> before) const {
  const Kernels& kernel = kernels();
  const auto n_strips = static_cast<std::int64_t>(x_min_.size());
  const StripsView view{
      x_.data(),     y_.data(), begin_.data(),    x_min_.data(),
      x_max_.data(), n_strips,  snapshot_.data(), static_cast<std::int64_t>(snapshot_.size()) / n_strips};
  struct Task {
    std::int64_t strip, begin, end;
  };
  std::vector<Task> tasks;
  for (std::int64_t strip = 0; strip < view.n_strips; ++strip) {
    for (std::int64_t begin = view.begin[strip]; begin < view.begin[strip + 1]; begin += points_per_task) {
      tasks.push_back({strip, begin, std::min(view.begin[strip + 1], begin + points_per_task)});
    }
  }
  // In the order of the strips, and to the rows by one thread: many would write to each other's cache lines.
  Buffer<double> found(row_.size());
  Buffer<double> found_before(before.size());
  execution.parallel_for(static_cast<std::int64_t>(tasks.size()), tasks_worth_a_worker, [&](std::int64_t task) {
    const auto [strip, begin, end] = tasks[static_cast<std::size_t>(task)];
    kernel.strip_search(view, strip, begin, end, k, found.data() + begin,
                        before.empty() ? nullptr : found_before.data() + begin);
  });
  for (std::size_t i = 0; i < found.size(); ++i) radius[static_cast<std::size_t>(row_[i])] = found[i];
  for (std::size_t i = 0; i < before.size(); ++i) before[static_cast<std::size_t>(row_[i])] = found_before[i];
}

}  // namespace fastmi
