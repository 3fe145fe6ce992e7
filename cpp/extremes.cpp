#include "extremes.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

namespace fastmi {
namespace {

constexpr std::int64_t rows_per_task = 16 * block_rows;

std::int64_t first_row(std::int64_t a, std::int64_t b) {
  if (a < 0 || b < 0) return std::max(a, b);
  return std::min(a, b);
}

void merge(Extremes& all, const Extremes& some) {
  for (std::size_t c = 0; c < all.columns.size(); ++c) {
    all.columns[c].add(some.columns[c].least);
    all.columns[c].add(some.columns[c].greatest);
  }
  all.n_with_nan += some.n_with_nan;
  all.first_with_nan = first_row(all.first_with_nan, some.first_with_nan);
  all.first_infinite = first_row(all.first_infinite, some.first_infinite);
}

// Row by row, where not all values are finite.
void add_with_care(const SampleView& samples, std::int64_t begin, std::int64_t end, Extremes& extremes) {
  for (std::int64_t row = begin; row < end; ++row) {
    const auto value = [&](std::int64_t c) {
      return samples.first[row * samples.row_stride + c * samples.column_stride];
    };
    bool nan = false;
    bool infinite = false;
    for (std::int64_t c = 0; c < samples.n_columns; ++c) {
      nan |= std::isnan(value(c));
      infinite |= std::isinf(value(c));
    }
    if (nan) {
      ++extremes.n_with_nan;
      extremes.first_with_nan = first_row(extremes.first_with_nan, row);
    }
    if (infinite) extremes.first_infinite = first_row(extremes.first_infinite, row);
    if (nan || infinite) continue;
    for (std::int64_t c = 0; c < samples.n_columns; ++c)
      extremes.columns[static_cast<std::size_t>(c)].add(value(c) + 0);
  }
}

}  // namespace

Extremes find_extremes(const SampleView& samples, Execution& execution) {
  const Kernels& simd = kernels();
  const auto n_columns = static_cast<std::size_t>(samples.n_columns);
  Extremes all;
  all.columns.resize(n_columns);
  std::mutex all_mutex;
  execution.parallel_for((samples.n_rows + rows_per_task - 1) / rows_per_task, 2, [&](std::int64_t task) {
    Extremes some;
    some.columns.resize(n_columns);
    std::vector<double> least(n_columns);
    std::vector<double> greatest(n_columns);
    const std::int64_t end = std::min(samples.n_rows, (task + 1) * rows_per_task);
    for (std::int64_t row = task * rows_per_task; row < end; row += block_rows) {
      const std::int64_t n = std::min(block_rows, end - row);
      if (!simd.find_extremes(samples, row, n, least.data(), greatest.data())) {
        add_with_care(samples, row, row + n, some);
        continue;
      }
      for (std::size_t c = 0; c < n_columns; ++c) {
        some.columns[c].add(least[c]);
        some.columns[c].add(greatest[c]);
      }
    }
    const std::lock_guard lock(all_mutex);
    merge(all, some);
  });
  return all;
}

}  // namespace fastmi
