#include "histogram.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <mutex>

namespace fastmi {
namespace {

constexpr std::int64_t rows_per_chunk = 16 * block_rows;
constexpr std::int64_t most_private = std::int64_t{1} << 28;  // 32-bit counts in all private tables together
constexpr std::int64_t most_chunks = std::numeric_limits<std::uint32_t>::max() / rows_per_chunk;  // in such a table
constexpr std::size_t few_cells = 1024;

// One worker's counts. Where cells are few, neighbouring rows are often in the same one; they then go to tables of
// their own, so that one increment need not wait for the other.
class Tally {
 public:
  explicit Tally(std::size_t n_cells)
      : size_(n_cells + 1), n_tables_(n_cells <= few_cells ? most_tables : 1), counts_(size_ * n_tables_, 0) {}

  void add(std::span<const std::uint32_t> cells) {
    std::size_t i = 0;
    if (n_tables_ == most_tables) {
      for (; i + most_tables <= cells.size(); i += most_tables) {
        for (std::size_t t = 0; t < most_tables; ++t) ++counts_[t * size_ + cells[i + t]];
      }
    }
    for (; i < cells.size(); ++i) ++counts_[cells[i]];
  }

  // Returns the count of the last cell, which stands for none.
  std::int64_t add_to(std::span<std::int64_t> totals) const {
    std::int64_t n_outside = 0;
    for (std::size_t t = 0; t < n_tables_; ++t) {
      const auto table = std::span(counts_).subspan(t * size_, size_);
      for (std::size_t cell = 0; cell < totals.size(); ++cell) totals[cell] += table[cell];
      n_outside += table.back();
    }
    return n_outside;
  }

 private:
  static constexpr std::size_t most_tables = 8;
  std::size_t size_;
  std::size_t n_tables_;
  Buffer<std::uint32_t> counts_;
};

std::int64_t n_chunks_of(const SampleView& samples) { return (samples.n_rows + rows_per_chunk - 1) / rows_per_chunk; }

// find_cells(begin, n) for each block of rows of a chunk.
template <class FindCells>
void for_each_block(const SampleView& samples, std::int64_t chunk, const FindCells& find_cells) {
  const std::int64_t end = std::min(samples.n_rows, (chunk + 1) * rows_per_chunk);
  for (std::int64_t row = chunk * rows_per_chunk; row < end; row += block_rows) {
    find_cells(row, std::min(block_rows, end - row));
  }
}

// Calls add(cells) for the rows of a chunk, and returns whether all their values are finite.
template <class Add>
bool cells_of_chunk(const SampleView& samples, const BinGrid& grid, std::int64_t chunk, const Add& add) {
  std::array<std::uint32_t, block_rows> cells;
  bool all_finite = true;
  for_each_block(samples, chunk, [&, &simd = kernels()](std::int64_t begin, std::int64_t n) {
    all_finite &= simd.find_cells_32(grid.view(), samples, begin, n, cells.data());
    add(std::span<const std::uint32_t>(cells).first(static_cast<std::size_t>(n)));
  });
  return all_finite;
}

// Where the cells are more than the rows, nothing is gained by private tables.
Rest fill_directly(const SampleView& samples, const BinGrid& grid, std::span<std::int64_t> counts,
                   Execution& execution) {
  Rest rest;
  for (std::int64_t chunk = 0; chunk < n_chunks_of(samples); ++chunk) {
    execution.check();
    rest.all_finite &= cells_of_chunk(samples, grid, chunk, [&](std::span<const std::uint32_t> cells) {
      for (const std::uint32_t cell : cells) ++(cell < counts.size() ? counts[cell] : rest.n_rows);
    });
  }
  return rest;
}

}  // namespace

Rest fill_histogram(const SampleView& samples, const BinGrid& grid, std::span<std::int64_t> counts,
                    Execution& execution) {
  const auto n_cells = static_cast<std::int64_t>(counts.size());
  if (n_cells > samples.n_rows) return fill_directly(samples, grid, counts, execution);
  const std::int64_t n_chunks = n_chunks_of(samples);
  const std::int64_t n_tables = std::clamp<std::int64_t>(most_private / n_cells, 1, execution.workers());
  const std::int64_t n_tasks = std::max(std::min(n_tables, n_chunks), (n_chunks + most_chunks - 1) / most_chunks);
  std::atomic<std::int64_t> next_chunk{0};
  Rest rest;
  std::mutex totals_mutex;
  execution.parallel_for(n_tasks, 1, [&](std::int64_t) {
    Tally tally(counts.size());
    bool all_finite = true;
    std::int64_t chunk;
    for (std::int64_t taken = 0; taken < most_chunks && (chunk = next_chunk++) < n_chunks; ++taken) {
      execution.check();
      all_finite &=
          cells_of_chunk(samples, grid, chunk, [&](std::span<const std::uint32_t> cells) { tally.add(cells); });
    }
    const std::lock_guard lock(totals_mutex);
    rest.n_rows += tally.add_to(counts);
    rest.all_finite &= all_finite;
  });
  return rest;
}

SparseHistogram sparse_histogram(const SampleView& samples, const BinGrid& grid, Execution& execution) {
  Buffer<std::uint64_t> keys(static_cast<std::size_t>(samples.n_rows));
  std::atomic<bool> all_finite{true};
  execution.parallel_for(n_chunks_of(samples), 1, [&, &simd = kernels()](std::int64_t chunk) {
    for_each_block(samples, chunk, [&](std::int64_t begin, std::int64_t n) {
      if (!simd.find_cells_64(grid.view(), samples, begin, n, keys.data() + begin)) all_finite = false;
    });
  });
  SparseHistogram found{count_keys(std::move(keys), execution), {0, all_finite}};
  auto& [cells, counts] = found.cells;
  if (!cells.empty() && cells.back() == grid.n_cells()) {
    found.rest.n_rows = counts.back();
    cells.pop_back();
    counts.pop_back();
  }
  return found;
}

}  // namespace fastmi
