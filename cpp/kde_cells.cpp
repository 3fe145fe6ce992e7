#include "kde_cells.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/kernels.hpp"

namespace fastmi {
namespace {

constexpr std::int64_t block_centres = 128;  // whose masses of all bins stay in the second-level cache
constexpr std::int64_t task_draws = 1024;

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

double mass_of(const BinMasses::Window& window, std::int64_t bin) {
  const std::int64_t b = bin - window.first_bin;
  return b >= 0 && b < std::ssize(window.mass) ? window.mass[static_cast<std::size_t>(b)] : 0;
}

// Of one centre's draws: the probability to lie inside the range, and times it the mean logarithm of the centre's mass
// in the cell there. Columns are independent, so that it is a sum over them.
struct Inside {
  double probability;
  double log_mass;
};

Inside inside(const BinMasses& masses, std::int64_t centre) {
  Inside all{1, 0};
  for (std::size_t c = 0; c < masses.n_columns(); ++c) {
    Inside column{0, 0};
    for (const double mass : masses.window(c, centre).mass) {
      column.probability += mass;
      if (mass > 0) column.log_mass += mass * std::log(mass);
    }
    all.log_mass = all.log_mass * column.probability + all.probability * column.log_mass;
    all.probability *= column.probability;
  }
  return all;
}

}  // namespace

CellProbabilities probabilities_of(const KdeGrid& kde, const DrawnCells& draws, Execution& execution) {
  const Kernels& kernel = kernels();
  const auto n_draws = static_cast<std::int64_t>(draws.centre.size());
  const auto for_each_draw = [&](const auto& work) {
    execution.parallel_for((n_draws + task_draws - 1) / task_draws, 1, [&](std::int64_t task) {
      const std::int64_t end = std::min((task + 1) * task_draws, n_draws);
      work(static_cast<std::size_t>(task * task_draws), static_cast<std::size_t>(end));
    });
  };
  CellProbabilities found{Buffer<double>(draws.centre.size(), 0.0), Buffer<double>(draws.centre.size(), 0.0), 0, 0};
  double sum_log_own = 0;
  for_each_batch(kde, 0, execution, [&](const BinMasses& masses, std::int64_t first_centre) {
    for (std::int64_t first = 0; first < masses.n_centres(); first += block_centres) {
      const MassTable table(kde, masses, first);
      for_each_draw([&](std::size_t begin, std::size_t end) {
        std::vector<const double*> rows(kde.size());
        for (std::size_t i = begin; i < end; ++i) {
          for (std::size_t c = 0; c < rows.size(); ++c) rows[c] = table.row(c, draws.bins[c][i]);
          found.probability[i] +=
              kernel.sum_products(rows.data(), static_cast<std::int64_t>(rows.size()), block_centres);
        }
      });
    }
    for_each_draw([&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const std::int64_t centre = draws.centre[i] - first_centre;
        if (centre < 0 || centre >= masses.n_centres()) continue;
        for (std::size_t c = 0; c < kde.size(); ++c) {
          found.log_own[i] += std::log(mass_of(masses.window(c, centre), draws.bins[c][i]));
        }
      }
    });
    for (std::int64_t i = 0; i < masses.n_centres(); ++i) {
      const Inside of_centre = inside(masses, i);
      found.inside += of_centre.probability;
      sum_log_own += of_centre.log_mass;
    }
  });
  const double n_centres = static_cast<double>(kde.front().centres.size());
  for (double& p : found.probability) p /= n_centres;
  found.inside /= n_centres;
  found.mean_log_own = sum_log_own / n_centres;
  return found;
}

}  // namespace fastmi
