#include "log_density.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "kernels/kernels.hpp"

namespace fastmi {
namespace {

constexpr std::int64_t pairs_worth_a_worker = 32768;
constexpr double largest = std::numeric_limits<double>::max();
constexpr double infinity = std::numeric_limits<double>::infinity();

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

// Calls ask(sums, first, n) for every tile of n queries from `first` on. Query i is the point `query(i)`, and leaves
// out the centre of the number `left_out(i)`.
template <class Query, class LeftOutOf, class Ask>
void for_each_tile(const KernelMixture& mixture, std::int64_t n_queries, Execution& execution, const Query& query,
                   const LeftOutOf& left_out, const Ask& ask) {
  const Points& centres = mixture.centres;
  const std::int64_t n_columns = centres.n_columns;
  Buffer<double> inverse_bandwidth(mixture.bandwidth.size());
  std::ranges::transform(mixture.bandwidth, inverse_bandwidth.begin(), [](double h) { return 1 / h; });

  const auto add_centres = kernels().add_centres;
  const std::int64_t n_tiles = (n_queries + density_tile - 1) / density_tile;
  const std::int64_t pairs = density_tile * centres.size();
  execution.parallel_for(n_tiles, std::max<std::int64_t>(1, pairs_worth_a_worker / pairs), [&](std::int64_t tile) {
    const std::int64_t first = tile * density_tile;
    const std::int64_t n = std::min(density_tile, n_queries - first);
    Buffer<double> points(at(n_columns * density_tile));
    std::array<std::int64_t, density_tile> own;
    for (std::int64_t i = 0; i < density_tile; ++i) {
      const std::int64_t q = first + std::min(i, n - 1);  // the last fills the tile
      for (std::int64_t c = 0; c < n_columns; ++c) points[at(c * density_tile + i)] = query(q)[c];
      own[at(i)] = left_out(q);
    }

    KernelSums sums{};
    std::ranges::fill(sums.nearest, largest);
    for (std::int64_t j = 0; j < centres.size(); j += density_block) {
      execution.check();
      const std::int64_t n_points = std::min(density_block, centres.size() - j);
      add_centres({centres[j], n_points, n_columns, j, inverse_bandwidth.data()}, points.data(), own.data(), sums);
    }
    ask(sums, first, n);
  });
}

// The logarithm of the constant before the sum, with n centres in it.
double log_normaliser(const KernelMixture& mixture, std::int64_t n) {
  double sum = std::log(static_cast<double>(n));
  for (const double h : mixture.bandwidth) sum += std::log(h) + 0.5 * std::log(2 * std::numbers::pi);
  return -sum;
}

// Of the sum of kernels; no centre may be near enough for a distance that is finite.
double log_sum(const KernelSums& sums, std::int64_t i) {
  return sums.nearest[i] < largest ? std::log(sums.weight[i]) - 0.5 * sums.nearest[i] : -infinity;
}

}  // namespace

Buffer<double> log_density(const KernelMixture& mixture, const Points& queries, Execution& execution) {
  const double normaliser = log_normaliser(mixture, mixture.centres.size());
  Buffer<double> result(at(queries.size()));
  for_each_tile(
      mixture, queries.size(), execution, [&](std::int64_t q) { return queries[q]; }, [](std::int64_t) { return -1; },
      [&](const KernelSums& sums, std::int64_t first, std::int64_t n) {
        for (std::int64_t i = 0; i < n; ++i) result[at(first + i)] = log_sum(sums, i) + normaliser;
      });
  return result;
}

LeftOut leave_one_out(const KernelMixture& mixture, std::span<const std::int64_t> rows, Execution& execution) {
  const double normaliser = log_normaliser(mixture, mixture.centres.size() - 1);
  LeftOut result{Buffer<double>(rows.size()), Buffer<double>(rows.size()), Buffer<double>(rows.size())};
  const auto row = [&](std::int64_t q) { return rows[at(q)]; };
  for_each_tile(
      mixture, static_cast<std::int64_t>(rows.size()), execution,
      [&](std::int64_t q) { return mixture.centres[row(q)]; }, row,
      [&](const KernelSums& sums, std::int64_t first, std::int64_t n) {
        for (std::int64_t i = 0; i < n; ++i) {
          const bool near = sums.nearest[i] < largest;
          result.log_density[at(first + i)] = log_sum(sums, i) + normaliser;
          result.nearest[at(first + i)] = near ? sums.nearest[i] : infinity;
          result.mean_square[at(first + i)] = near ? sums.nearest[i] + 2 * sums.moment[i] / sums.weight[i] : infinity;
        }
      });
  return result;
}

}  // namespace fastmi
