// Draws from a kernel density, counted in the bins of a grid; no array of draws exists.
//
// A draw takes a centre and, column by column, a bin of that centre's alias table. How many draws each centre gets is
// given. The draws of a centre are made in two stages: first the bins of the leading columns only, which says how many
// draws go to each part of the grid; then, part by part, the bins of the other columns. Parts are small enough to be
// tallied in cache, nobody else writes to them, and their order is that of the cells, so that occupied cells can also
// be listed, part by part, where a table of all would be too large.
//
// A random word depends on the seed, the centre, the column, the bins drawn so far and the number of the draw: the same
// seed gives the same counts on any number of workers.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "bin_masses.hpp"
#include "buffer.hpp"
#include "execution.hpp"

namespace fastmi {

struct KdeDraws {
  const KdeGrid& kde;
  std::span<const std::int64_t> n_draws;  // of each centre
  std::uint64_t seed;
  std::atomic<std::int64_t>& n_done;  // counts draws times columns, for who watches
};

// The counts of all cells, in row-major order.
struct DenseCounts {
  Buffer<std::int64_t> counts;
  std::int64_t outside = 0;
};

DenseCounts draw_dense(const KdeDraws& draws, Execution& execution);

// The cells that have draws, ascending, by their row-major number.
struct SparseCounts {
  Buffer<std::int64_t> cells;
  Buffer<std::int64_t> counts;
  std::int64_t outside = 0;

  void reserve(std::size_t n_cells) {
    cells.reserve(n_cells);
    counts.reserve(n_cells);
  }
};

// Throws TooManyCells if more than max_cells have draws.
SparseCounts draw_sparse(const KdeDraws& draws, std::int64_t max_cells, Execution& execution);

struct TooManyCells : std::runtime_error {
  TooManyCells() : std::runtime_error("too many cells") {}
};

}  // namespace fastmi
