#include "kde_limit.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "kernels/kernels.hpp"

namespace fastmi {
namespace {

constexpr std::int64_t max_part_cells = 1 << 16;  // a part of the table stays in the second-level cache
constexpr double least_product = 1e-15;
constexpr std::int64_t block_centres = 128;  // whose masses of all bins stay in the second-level cache
constexpr std::int64_t task_cells = 1024;

// What one centre has in one part of the grid: the mass of the part's bins in the leading columns.
struct Share {
  std::int64_t part;
  std::int64_t centre;
  double weight;
};

using Shares = std::vector<Share>;

// Parts are the cells of the leading columns. One worker at a time adds to a part, so there are to be several.
std::size_t n_leading_columns(const KdeGrid& kde) {
  std::size_t first = kde.size() - 1;
  while (first > 1 && n_cells(kde, first - 1, kde.size()) <= max_part_cells) --first;
  return first;
}

// The shares of every part, by centre. Few: those of products that are not negligible.
std::vector<Shares> shares_of_parts(const KdeGrid& kde, const BinMasses& masses, std::size_t n_leading) {
  std::vector<Shares> parts(1);
  for (std::int64_t i = 0; i < masses.n_centres(); ++i) parts[0].push_back({0, i, 1.0});
  for (std::size_t c = 0; c < n_leading; ++c) {
    const std::int64_t n_bins = kde[c].n_bins();
    std::vector<Shares> finer(parts.size() * static_cast<std::size_t>(n_bins));
    for (Shares& part : parts) {
      for (const Share& share : part) {
        const BinMasses::Window window = masses.window(c, share.centre);
        for (std::size_t b = 0; b < window.mass.size(); ++b) {
          const std::int64_t finer_part = share.part * n_bins + window.first_bin + static_cast<std::int64_t>(b);
          const double weight = share.weight * window.mass[b];
          if (weight >= least_product)
            finer[static_cast<std::size_t>(finer_part)].push_back({finer_part, share.centre, weight});
        }
      }
      part = {};
    }
    parts = std::move(finer);
  }
  return parts;
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

// Calls work(masses) with the centres of one batch after another.
template <class Work>
void for_each_batch(const KdeGrid& kde, std::size_t n_leading, Execution& execution, const Work& work) {
  const auto n_centres = static_cast<std::int64_t>(kde.front().centres.size());
  const std::int64_t batch = centre_batch(kde, n_leading);
  for (std::int64_t begin = 0; begin < n_centres; begin += batch) {
    work(BinMasses(kde, begin, std::min(begin + batch, n_centres), execution));
  }
}

// The masses of all bins under some centres, as rows of block_centres; 0 where there are no more centres.
class MassTable {
 public:
  MassTable(const KdeGrid& kde, const BinMasses& masses, std::int64_t first_centre) {
    const std::int64_t end = std::min(first_centre + block_centres, masses.n_centres());
    for (std::size_t c = 0; c < kde.size(); ++c) {
      first_row_.push_back(static_cast<std::int64_t>(mass_.size()) / block_centres);
      mass_.resize(mass_.size() + static_cast<std::size_t>(kde[c].n_bins() * block_centres), 0.0);
      for (std::int64_t i = first_centre; i < end; ++i) {
        const BinMasses::Window window = masses.window(c, i);
        for (std::size_t b = 0; b < window.mass.size(); ++b) {
          const std::int64_t row = first_row_[c] + window.first_bin + static_cast<std::int64_t>(b);
          mass_[static_cast<std::size_t>(row * block_centres + i - first_centre)] = window.mass[b];
        }
      }
    }
  }

  const double* row(std::size_t c, std::int32_t bin) const {
    return mass_.data() + (first_row_[c] + bin) * block_centres;
  }

 private:
  std::vector<std::int64_t> first_row_;
  Buffer<double> mass_;
};

}  // namespace

Buffer<double> bin_probabilities(const KdeGrid& kde, Execution& execution) {
  const Kernels& kernel = kernels();
  const std::size_t n_leading = n_leading_columns(kde);
  const auto part_cells = static_cast<std::size_t>(n_cells(kde, n_leading, kde.size()));
  const double n_centres = static_cast<double>(kde.front().centres.size());
  Buffer<double> probability(static_cast<std::size_t>(n_cells(kde, 0, kde.size())), 0.0);
  for_each_batch(kde, n_leading, execution, [&](const BinMasses& masses) {
    const std::vector<Shares> parts = shares_of_parts(kde, masses, n_leading);
    execution.parallel_for(static_cast<std::int64_t>(parts.size()), 1, [&](std::int64_t p) {
      const Shares& part = parts[static_cast<std::size_t>(p)];
      if (part.empty()) return;
      Buffer<double> cells(part_cells + lane_padding, 0.0);
      MassProduct product(kde, n_leading);
      for (const Share& share : part) {
        const std::vector<MassColumn>& columns = product.of(masses, share.centre);
        kernel.add_product(columns.data(), static_cast<std::int64_t>(columns.size()), share.weight, least_product,
                           cells.data());
      }
      double* begin = probability.data() + static_cast<std::size_t>(p) * part_cells;
      for (std::size_t cell = 0; cell < part_cells; ++cell) begin[cell] += cells[cell] / n_centres;
    });
  });
  return probability;
}

double probability_outside(const KdeGrid& kde, Execution& execution) {
  double outside = 0;
  for_each_batch(kde, 0, execution, [&](const BinMasses& masses) {
    for (std::int64_t i = 0; i < masses.n_centres(); ++i) {
      // 1 - product of (1 - outside_c), without cancellation.
      double any = 0;
      for (std::size_t c = 0; c < kde.size(); ++c) any += masses.window(c, i).outside * (1 - any);
      outside += any;
    }
  });
  return outside / static_cast<double>(kde.front().centres.size());
}

Buffer<double> probabilities_of(const KdeGrid& kde, const std::vector<std::span<const std::int32_t>>& bins,
                                Execution& execution) {
  const Kernels& kernel = kernels();
  const auto n = static_cast<std::int64_t>(bins.front().size());
  Buffer<double> probability(bins.front().size(), 0.0);
  for_each_batch(kde, 0, execution, [&](const BinMasses& masses) {
    for (std::int64_t first = 0; first < masses.n_centres(); first += block_centres) {
      const MassTable table(kde, masses, first);
      execution.parallel_for((n + task_cells - 1) / task_cells, 1, [&](std::int64_t task) {
        std::vector<const double*> rows(kde.size());
        const std::int64_t end = std::min((task + 1) * task_cells, n);
        for (auto i = static_cast<std::size_t>(task * task_cells); i < static_cast<std::size_t>(end); ++i) {
          for (std::size_t c = 0; c < rows.size(); ++c) rows[c] = table.row(c, bins[c][i]);
          probability[i] += kernel.sum_products(rows.data(), static_cast<std::int64_t>(rows.size()), block_centres);
        }
      });
    }
  });
  for (double& p : probability) p /= static_cast<double>(kde.front().centres.size());
  return probability;
}

}  // namespace fastmi
