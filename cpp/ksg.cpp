#include "ksg.hpp"

#include <algorithm>
#include <cmath>

#include "column.hpp"
#include "digamma.hpp"

namespace fastmi {
namespace {

PairInformation ksg1(const Column& x, const Column& y, std::int64_t k, Execution& execution) {
  const KsgCounts counts = ksg_counts(x, y, k, Order::any, execution);
  return {ksg1(counts, k), n_coincident(counts)};
}

Buffer<std::uint8_t> common_rows(const Column& x, const Column& y) {
  Buffer<std::uint8_t> kept(x.values().size());
  for (std::size_t row = 0; row < kept.size(); ++row) {
    kept[row] = !std::isnan(x.values()[row]) && !std::isnan(y.values()[row]);
  }
  return kept;
}

}  // namespace

std::int64_t n_coincident(const KsgCounts& counts) {
  return std::count(counts.radius.begin(), counts.radius.end(), 0.0);
}

// The counts are integers, so the mean is taken exactly before any psi is: the weight of psi(m) is the number of times
// it occurs, with its sign. Terms that cancel do so as integers (a constant column carries exactly 0), and the result
// depends neither on the order of the samples nor on which side is called x.
double ksg1(const KsgCounts& counts, std::int64_t k) {
  const std::size_t n = counts.radius.size();
  Buffer<std::int64_t> weight(n + 1, 0);
  weight[static_cast<std::size_t>(k)] += static_cast<std::int64_t>(n);
  weight[n] += static_cast<std::int64_t>(n);
  for (const std::int64_t n_x : counts.n_x) --weight[static_cast<std::size_t>(n_x + 1)];
  for (const std::int64_t n_y : counts.n_y) --weight[static_cast<std::size_t>(n_y + 1)];
  return digamma_dot(weight) / static_cast<double>(n);
}

Buffer<double> ksg1_local(const KsgCounts& counts, std::int64_t k) {
  const std::size_t n = counts.radius.size();
  Buffer<double> local(n);
  for (std::size_t i = 0; i < n; ++i) {
    local[i] =
        digamma(k) + digamma(static_cast<std::int64_t>(n)) - (digamma(counts.n_x[i] + 1) + digamma(counts.n_y[i] + 1));
  }
  return local;
}

std::vector<PairInformation> ksg1_pairs(const Samples& x_samples, const Samples& y_samples,
                                        std::span<const ColumnPair> pairs, std::int64_t k, Execution& execution) {
  const std::vector<Column> columns = prepare_columns(x_samples, y_samples, execution);
  std::vector<PairInformation> results(pairs.size());
  execution.parallel_for(static_cast<std::int64_t>(pairs.size()), 1, [&](std::int64_t task) {
    const auto [i, j] = pairs[static_cast<std::size_t>(task)];
    const Column& x_i = columns[static_cast<std::size_t>(i)];
    const Column& y_j = columns[static_cast<std::size_t>(x_samples.n_columns() + j)];
    PairInformation& result = results[static_cast<std::size_t>(task)];
    if (x_i.complete() && y_j.complete()) {
      result = ksg1(x_i, y_j, k, execution);
    } else {
      const Buffer<std::uint8_t> kept = common_rows(x_i, y_j);
      result = ksg1(x_i.select(kept), y_j.select(kept), k, execution);
    }
  });
  return results;
}

}  // namespace fastmi
