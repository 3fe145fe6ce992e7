// The cells of a histogram that rows lie in: the row-major number made of the bins of all columns.
//
// A bin is found by arithmetic, t = (value - low) * scale, and trunc(t) is right unless t is within the rounding error
// of an integer; see bin_grid.hpp. Only there are the edges looked at.
#include "row_block.hpp"
#include "simd.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

constexpr std::int32_t outside = -1;

// Of a value inside the range: edges[bin] <= value < edges[bin + 1], and the last bin has its upper edge.
inline std::int32_t bin_by_edges(const EqualBins& bins, double value) {
  if (bins.margin < 0.5) {
    const auto nearest = static_cast<std::int32_t>((value - bins.low) * bins.scale + 0.5);
    const std::int32_t bin = nearest - (value < bins.edges[nearest] ? 1 : 0);
    return bin < bins.size ? bin : bins.size - 1;
  }
  std::int32_t bin = 0;
  std::int32_t end = bins.size;
  while (end - bin > 1) {
    const std::int32_t middle = bin + (end - bin) / 2;
    (value < bins.edges[middle] ? end : bin) = middle;
  }
  return bin;
}

// bin[i] of values[i], for a whole number of lanes. `nought` stays 0 as long as the values are finite.
inline void find_equal_bins(const EqualBins& bins, const double* values, std::int64_t n, std::int32_t* bin,
                            Lanes& nought) {
  const Lanes low = broadcast(bins.low);
  const Lanes high = broadcast(bins.high);
  const Lanes scale = broadcast(bins.scale);
  const Lanes margin = broadcast(bins.margin);
  const Lanes elsewhere = broadcast(outside);
  const Lanes whole = broadcast(0x1.8p52);  // added and taken away, it leaves the nearest integer
  for (std::int64_t i = 0; i < n; i += Lanes::width) {
    const Lanes value = load(values + i);
    prefetch(values + i + block_rows);  // the next block's, unless these were copied
    nought = nought + (value - value);
    const Lanes t = (value - low) * scale;
    const Mask inside = less_equal(low, value) & less_equal(value, high);
    store_truncated(bin + i, select(inside, elsewhere, t));
    const Lanes nearest = (t + whole) - whole;
    for (Mask doubtful = less(abs(t - nearest), margin) & inside; doubtful != 0; doubtful &= doubtful - 1) {
      const int lane = lowest_bit(doubtful);
      bin[i + lane] = bin_by_edges(bins, values[i + lane]);
    }
  }
}

template <class Cell>
inline bool find_cells(const CellGrid& grid, const SampleView& samples, RowBlock rows, Cell* cells) {
  double scratch[block_rows];
  std::int32_t bin[block_rows];
  std::int32_t anywhere_outside[block_rows];
  Lanes nought = broadcast(0);
  for (std::int64_t i = 0; i < rows.size; ++i) {
    cells[i] = 0;
    anywhere_outside[i] = 0;
  }
  for (std::int64_t column = 0; column < samples.n_columns; ++column) {
    const EqualBins& bins = grid.columns[column];
    find_equal_bins(bins, column_values(samples, rows, column, scratch), rows.size, bin, nought);
    const Cell size = static_cast<Cell>(bins.size);
    for (std::int64_t i = 0; i < rows.size; ++i) {
      cells[i] = cells[i] * size + static_cast<Cell>(bin[i]);
      anywhere_outside[i] |= bin[i];
    }
  }
  const Cell none = static_cast<Cell>(grid.n_cells);
  for (std::int64_t i = 0; i < rows.size; ++i) cells[i] = anywhere_outside[i] < 0 ? none : cells[i];
  return less_equal(nought, nought) == all_lanes;
}

}  // namespace

bool find_cells_32(const CellGrid& grid, const SampleView& samples, std::int64_t begin, std::int64_t n,
                   std::uint32_t* cells) {
  return find_cells(grid, samples, {begin, n}, cells);
}

bool find_cells_64(const CellGrid& grid, const SampleView& samples, std::int64_t begin, std::int64_t n,
                   std::uint64_t* cells) {
  return find_cells(grid, samples, {begin, n}, cells);
}

}  // namespace fastmi::FASTMI_ISA
