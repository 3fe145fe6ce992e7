#include "value_grid.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace fastmi {
namespace {

constexpr std::int64_t crowd = 8;  // values of a cell that call for a grid of its own
constexpr int deepest = 8;
constexpr std::int64_t most_cells = std::numeric_limits<std::int32_t>::max();

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
  const std::int64_t most = std::min(end - begin, most_cells);
  const double cells_per_unit = static_cast<double>(most) / range;
  const bool divisible = cells_per_unit > 0 && std::isfinite(cells_per_unit);  // else the range is nil or overflows
  const std::int64_t n_cells = divisible ? most : 1;
  const std::size_t first_cell = cells_.size();
  const GridLevel level{origin, divisible ? cells_per_unit : 0, static_cast<double>(n_cells - 1),
                        static_cast<std::int64_t>(first_cell)};
  levels_.push_back(level);

  // The end of each cell: first where it is not empty, then as the greatest of those before it.
  cells_.resize(first_cell + static_cast<std::size_t>(n_cells), begin);
  std::int64_t* cells = cells_.data() + first_cell;
  const double* values = sorted.data();
  for (std::int64_t i = begin; i < end; ++i) {
    const double position = (values[i] - level.origin) * level.cells_per_unit;
    cells[static_cast<std::int64_t>(std::min(position, level.last_cell))] = i + 1;
  }
  std::inclusive_scan(cells, cells + n_cells, cells, [](auto a, auto b) { return std::max(a, b); });
  const std::int64_t crowded_from = divisible && depth < deepest ? crowd : end;
  std::int64_t first = begin;
  for (std::int64_t cell = 0; cell < n_cells; ++cell) {
    const std::int64_t cell_end = cells[cell];
    if (cell_end - first > crowded_from && values[first] < values[cell_end - 1]) {
      cells[cell] = ~static_cast<std::int64_t>(levels_.size());
      add_level(sorted, first, cell_end, depth + 1);
      cells = cells_.data() + first_cell;
    } else {
      cells[cell] = std::max<std::int64_t>(first - 1, 0);
    }
    first = cell_end;
  }
}

}  // namespace fastmi
