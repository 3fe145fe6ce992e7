#include "bin_masses.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace fastmi {
namespace {

// In bandwidths. Beyond lies 5e-17 of a normal distribution on either side.
constexpr double reach = 8.3;
constexpr std::int64_t task_masses = 1 << 16;
constexpr double max_batch_bytes = 1 << 29;
constexpr double max_batch = 1 << 16;
constexpr double bytes_per_column = 100;
constexpr double bytes_per_bin = 16;           // a mass, and up to two slots of an alias table
constexpr double bytes_per_leading_cell = 96;  // a share of 32 bytes, listed, sorted and cut

// Of the standard normal distribution beyond |z|, to full precision however small it is.
double tail(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2) / 2; }

double mass_between(double lower, double lower_tail, double upper, double upper_tail) {
  if (lower >= 0) return lower_tail - upper_tail;
  if (upper <= 0) return upper_tail - lower_tail;
  return 1 - lower_tail - upper_tail;
}

double below(double z) { return z < 0 ? tail(z) : 1 - tail(z); }

// The bins that overlap centre +- reach * bandwidth, or touch it: the kernel may be narrower than floats are apart.
std::pair<std::int64_t, std::int64_t> bins_in_reach(const KdeColumn& column, double centre) {
  const auto& edges = column.edges;
  const double left = centre - reach * column.bandwidth;
  const double right = centre + reach * column.bandwidth;
  const auto begin = std::lower_bound(edges.begin(), edges.end(), left) - edges.begin() - 1;
  const auto end = std::upper_bound(edges.begin(), edges.end(), right) - edges.begin();
  const std::int64_t first = std::max<std::int64_t>(begin, 0);
  return {first, std::max<std::int64_t>(std::min<std::int64_t>(end, column.n_bins()), first)};
}

void fill_masses(const KdeColumn& column, double centre, std::int64_t first_bin, std::span<double> mass) {
  const double* edge = column.edges.data() + first_bin;
  double z = (edge[0] - centre) / column.bandwidth;
  double z_tail = tail(z);
  for (std::size_t b = 0; b < mass.size(); ++b) {
    const double next = (edge[b + 1] - centre) / column.bandwidth;
    const double next_tail = tail(next);
    mass[b] = std::max(mass_between(z, z_tail, next, next_tail), 0.0);
    z = next;
    z_tail = next_tail;
  }
}

}  // namespace

BinMasses::BinMasses(const KdeGrid& kde, std::int64_t begin, std::int64_t end, Execution& execution)
    : n_centres_(end - begin), columns_(kde.size()) {
  const auto n = static_cast<std::size_t>(n_centres_);
  for (std::size_t c = 0; c < kde.size(); ++c) {
    const KdeColumn& column = kde[c];
    const std::span<const double> centres = column.centres.subspan(static_cast<std::size_t>(begin), n);
    Column& found = columns_[c];
    found.first_bin.resize(n);
    found.begin.resize(n + 1);
    found.begin[0] = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const auto [first, last] = bins_in_reach(column, centres[i]);
      found.first_bin[i] = std::min(first, column.n_bins() - 1);
      found.begin[i + 1] = found.begin[i] + last - first;
    }
    found.mass.resize(static_cast<std::size_t>(found.begin[n]));
    found.outside.resize(n);
    const std::int64_t task_size =
        std::max<std::int64_t>(n_centres_ * task_masses / (found.begin[n] + n_centres_ * 64), 1);
    execution.parallel_for((n_centres_ + task_size - 1) / task_size, 1, [&](std::int64_t task) {
      const auto task_end = static_cast<std::size_t>(std::min((task + 1) * task_size, n_centres_));
      for (auto i = static_cast<std::size_t>(task * task_size); i < task_end; ++i) {
        const std::span mass(found.mass.data() + found.begin[i], found.mass.data() + found.begin[i + 1]);
        if (!mass.empty()) fill_masses(column, centres[i], found.first_bin[i], mass);
        found.outside[i] = below((column.edges.front() - centres[i]) / column.bandwidth) +
                           below((centres[i] - column.edges.back()) / column.bandwidth);
      }
    });
  }
}

BinMasses::Window BinMasses::window(std::size_t column, std::int64_t centre) const {
  const Column& all = columns_[column];
  const auto i = static_cast<std::size_t>(centre);
  return {all.first_bin[i], std::span(all.mass.data() + all.begin[i], all.mass.data() + all.begin[i + 1]),
          all.outside[i]};
}

BinMasses::Sums BinMasses::sums() const {
  Sums all;
  for (std::int64_t i = 0; i < n_centres_; ++i) {
    double inside = 1;
    double outside = 0;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const Window reached = window(c, i);
      inside *= std::accumulate(reached.mass.begin(), reached.mass.end(), 0.0);
      outside += reached.outside * (1 - outside);
    }
    all.inside += inside;
    all.outside += outside;
    all.most_inside = std::max(all.most_inside, inside);
  }
  return all;
}

std::int64_t centre_batch(const KdeGrid& kde, std::size_t n_leading) {
  double bytes = 0;
  double n_leading_cells = 1;
  for (std::size_t c = 0; c < kde.size(); ++c) {
    const auto n_bins = static_cast<double>(kde[c].n_bins());
    const double width = (kde[c].edges.back() - kde[c].edges.front()) / n_bins;
    const double n_reached = std::min(n_bins, 2 * reach * kde[c].bandwidth / width + 2);
    bytes += bytes_per_column + bytes_per_bin * n_reached;
    if (c < n_leading) n_leading_cells *= n_reached;
  }
  bytes += bytes_per_leading_cell * n_leading_cells;
  return static_cast<std::int64_t>(std::clamp(max_batch_bytes / bytes, 1.0, max_batch));
}

std::int64_t n_cells(const KdeGrid& kde, std::size_t first, std::size_t end) {
  std::int64_t cells = 1;
  for (std::size_t c = first; c < end; ++c) cells *= kde[c].n_bins();
  return cells;
}

}  // namespace fastmi
