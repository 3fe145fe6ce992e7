#include "kde_limit.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "kernels/kernels.hpp"

namespace fastmi {
namespace {

constexpr std::int64_t max_part_cells = 1 << 16;  // a part of the table stays in the second-level cache
constexpr std::size_t max_first_columns = 2;      // whose parts are shared out to the workers
constexpr double least_product = 1e-15;           // times the most that a kernel has inside the range
constexpr std::size_t check_shares = 64;

// What one centre has in one part of the grid: the mass of the part's bins in the leading columns.
struct Share {
  double weight;
  std::int32_t centre;
};

using Shares = std::vector<Share>;

// Parts are the cells of the leading columns. One worker at a time adds to a part, so there are to be several.
std::size_t n_leading_columns(const KdeGrid& kde) {
  std::size_t first = kde.size() - 1;
  while (first > 1 && n_cells(kde, first - 1, kde.size()) <= max_part_cells) --first;
  return first;
}

// The shares of each bin of one more column, without those of negligible weight.
std::vector<Shares> split(const KdeGrid& kde, const BinMasses& masses, const Shares& shares, std::size_t c,
                          double least) {
  std::vector<Shares> finer(static_cast<std::size_t>(kde[c].n_bins()));
  for (const Share& share : shares) {
    const BinMasses::Window window = masses.window(c, share.centre);
    auto bin = static_cast<std::size_t>(window.first_bin);
    for (const double mass : window.mass) {
      const double weight = share.weight * mass;
      if (weight >= least) finer[bin].push_back({weight, share.centre});
      ++bin;
    }
  }
  return finer;
}

// The masses of the trailing columns of one centre, padded for the kernels.
class MassProduct {
 public:
  MassProduct(const KdeGrid& kde, std::size_t n_leading) : first_(n_leading) {
    for (std::size_t c = n_leading; c < kde.size(); ++c) {
      columns_.push_back({nullptr, 0, 0, n_cells(kde, c + 1, kde.size())});
    }
  }

  const std::vector<MassColumn>& of(const BinMasses& masses, std::int64_t centre) {
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const BinMasses::Window window = masses.window(first_ + c, centre);
      columns_[c].mass = window.mass.data();
      columns_[c].first_bin = window.first_bin;
      columns_[c].n_bins = static_cast<std::int64_t>(window.mass.size());
    }
    MassColumn& last = columns_.back();
    last_.assign(last.mass, last.mass + last.n_bins);
    last_.resize(last_.size() + lane_padding, 0.0);
    last.mass = last_.data();
    return columns_;
  }

 private:
  std::size_t first_;
  std::vector<MassColumn> columns_;
  std::vector<double> last_;
};

// Adds what the centres have in every cell to the table.
class Filler {
 public:
  // Products of masses below `least` are left out.
  Filler(const KdeGrid& kde, const BinMasses& masses, double least, std::span<double> table, Execution& execution)
      : kde_(kde),
        masses_(masses),
        table_(table),
        execution_(execution),
        n_leading_(n_leading_columns(kde)),
        part_cells_(static_cast<std::size_t>(n_cells(kde, n_leading_, kde.size()))),
        least_(least) {}

  // By all workers.
  void add_all() const {
    Shares all;
    for (std::int32_t i = 0; i < masses_.n_centres(); ++i) all.push_back({1.0, i});
    add_in_parallel(std::move(all));
  }

 private:
  // In the part of the first c columns.
  void add(const Shares& shares, std::size_t c, std::size_t part) const {
    if (shares.empty()) return;
    if (c == n_leading_) {
      add_products(shares, part);
      return;
    }
    const std::vector<Shares> finer = split(kde_, masses_, shares, c, least_);
    for (std::size_t b = 0; b < finer.size(); ++b) add(finer[b], c + 1, part * finer.size() + b);
  }

  // The parts of the first columns are tasks.
  void add_in_parallel(Shares shares) const {
    std::vector<Shares> parts{std::move(shares)};
    const std::size_t n_first = std::min(n_leading_, max_first_columns);
    for (std::size_t c = 0; c < n_first; ++c) {
      std::vector<Shares> all_finer;
      for (Shares& part : parts) {
        std::ranges::move(split(kde_, masses_, part, c, least_), std::back_inserter(all_finer));
        part = {};
      }
      parts = std::move(all_finer);
    }
    execution_.parallel_for(static_cast<std::int64_t>(parts.size()), 1, [&](std::int64_t p) {
      const auto part = static_cast<std::size_t>(p);
      add(parts[part], n_first, part);
    });
  }

  void add_products(const Shares& shares, std::size_t part) const {
    const Kernels& kernel = kernels();
    Buffer<double> cells(part_cells_ + lane_padding, 0.0);
    MassProduct product(kde_, n_leading_);
    for (std::size_t i = 0; i < shares.size(); ++i) {
      if (i % check_shares == 0) execution_.check();
      const std::vector<MassColumn>& columns = product.of(masses_, shares[i].centre);
      kernel.add_product(columns.data(), static_cast<std::int64_t>(columns.size()), shares[i].weight, least_,
                         cells.data());
    }
    const double n_centres = static_cast<double>(kde_.front().centres.size());
    const std::span target = table_.subspan(part * part_cells_, part_cells_);
    for (std::size_t cell = 0; cell < part_cells_; ++cell) target[cell] += cells[cell] / n_centres;
  }

  const KdeGrid& kde_;
  const BinMasses& masses_;
  std::span<double> table_;
  Execution& execution_;
  std::size_t n_leading_;
  std::size_t part_cells_;
  double least_;
};

}  // namespace

KdeLimit kde_limit(const KdeGrid& kde, Execution& execution) {
  const double n_centres = static_cast<double>(kde.front().centres.size());
  KdeLimit limit{Buffer<double>(static_cast<std::size_t>(n_cells(kde, 0, kde.size())), 0.0)};
  for_each_batch(kde, max_first_columns, execution, [&](const BinMasses& masses, std::int64_t) {
    const BinMasses::Sums sums = masses.sums();
    const double least = least_product * sums.most_inside;
    if (least > 0) Filler(kde, masses, least, limit.probability, execution).add_all();
    limit.inside += sums.inside / n_centres;
    limit.outside += sums.outside / n_centres;
  });
  return limit;
}

}  // namespace fastmi
