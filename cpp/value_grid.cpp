#include "value_grid.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fastmi {
namespace {

constexpr std::int64_t crowd = 8;  // values of a cell that call for a grid of its own
constexpr int deepest = 8;

}  // namespace

ValueGrid::ValueGrid(std::span<const double> sorted) {
  add_level(sorted, 0, static_cast<std::int64_t>(sorted.size()), 1);
}

GridView ValueGrid::view(std::span<const double> padded) const {
  return {padded.data(), static_cast<std::int64_t>(padded.size()) - grid_padding, levels_.data(), cells_.data()};
}

void ValueGrid::add_level(std::span<const double> sorted, std::int64_t begin, std::int64_t end, int depth) {
  const double origin = sorted[static_cast<std::size_t>(begin)];
  const double range = sorted[static_cast<std::size_t>(end - 1)] - origin;
  const double cells_per_unit = static_cast<double>(end - begin) / range;
  const bool divisible = cells_per_unit > 0 && std::isfinite(cells_per_unit);  // else the range is nil or overflows
  const std::int64_t n_cells = divisible ? end - begin : 1;
  const auto first_cell = static_cast<std::int64_t>(cells_.size());
  levels_.push_back({origin, divisible ? cells_per_unit : 0, static_cast<double>(n_cells - 1), first_cell});

  // The first value of each cell: first the end of each, where it is not empty, then the greatest of those before it.
  cells_.resize(cells_.size() + static_cast<std::size_t>(n_cells) + 1, begin);
  std::int64_t* cell_begin = cells_.data() + first_cell;
  for (std::int64_t i = begin; i < end; ++i) {
    const double position = (sorted[static_cast<std::size_t>(i)] - origin) * levels_.back().cells_per_unit;
    cell_begin[static_cast<std::int64_t>(std::min(position, levels_.back().last_cell)) + 1] = i + 1;
  }
  std::inclusive_scan(cell_begin, cell_begin + n_cells + 1, cell_begin, [](auto a, auto b) { return std::max(a, b); });
  if (!divisible || depth == deepest) return;

  for (std::int64_t cell = first_cell; cell < first_cell + n_cells; ++cell) {
    const std::int64_t cell_first = cells_[static_cast<std::size_t>(cell)];
    const std::int64_t cell_end = cells_[static_cast<std::size_t>(cell + 1)];
    const bool crowded = cell_end - cell_first > crowd &&
                         sorted[static_cast<std::size_t>(cell_first)] < sorted[static_cast<std::size_t>(cell_end - 1)];
    if (!crowded) continue;
    cells_[static_cast<std::size_t>(cell)] = ~static_cast<std::int64_t>(levels_.size());
    add_level(sorted, cell_first, cell_end, depth + 1);
  }
}

}  // namespace fastmi
