#include "kde_draws.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <mutex>
#include <numeric>
#include <vector>

#include "alias_tables.hpp"
#include "count_keys.hpp"
#include "kernels/kernels.hpp"

namespace fastmi {
namespace {

// The table of a part is to stay in the second-level cache.
constexpr std::int64_t max_part_cells = 1 << 18;
// Parts of a grid that has no table of all cells: enough of them for many workers.
constexpr std::int64_t min_parts = 256;
constexpr std::int64_t max_keys = 1 << 22;         // sorted at a time
constexpr std::int64_t max_group_cells = 1 << 27;  // of columns that are drawn together
constexpr std::int64_t task_draws = 1 << 22;       // some milliseconds
constexpr std::int64_t block_draws = 16 * draw_group;
constexpr std::int64_t check_draws = 64 * block_draws;
constexpr std::int64_t small_table = 1 << 15;
constexpr std::int64_t max_pieces = 1 << 16;  // of shares, in all
constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();

// Draws of one centre that go to one part of the grid: to the cell of the columns drawn so far.
struct Share {
  std::int64_t part;
  std::int64_t n;
  std::uint32_t centre;
  std::int64_t first_group = 0;
};

using Shares = std::vector<Share>;

std::int64_t n_draws_of(std::span<const Share> shares) {
  return std::accumulate(shares.begin(), shares.end(), std::int64_t{0},
                         [](std::int64_t sum, const Share& share) { return sum + share.n; });
}

// Columns that are drawn together, as cells of a table of their own.
class ColumnGroup {
 public:
  ColumnGroup(const KdeGrid& kde, std::size_t begin, std::size_t end)
      : begin_(begin), n_cells_(fastmi::n_cells(kde, begin, end)), strides_(end - begin) {
    for (std::size_t c = begin; c < end; ++c) {
      strides_[c - begin] = static_cast<std::uint32_t>(fastmi::n_cells(kde, c + 1, end));
    }
  }

  std::int64_t n_cells() const { return n_cells_; }

  std::vector<DrawnColumn> columns(const AliasTables& tables, std::uint32_t centre) const {
    std::vector<DrawnColumn> all;
    for (std::size_t c = 0; c < strides_.size(); ++c) {
      all.push_back(tables.column(begin_ + c, centre));
      all.back().stride = strides_[c];
    }
    return all;
  }

 private:
  std::size_t begin_;
  std::int64_t n_cells_;
  std::vector<std::uint32_t> strides_;
};

// Counts of cells, each kept in several copies if there are few, so that equal draws in a row do not wait for each
// other's increments. Draws outside are counted behind the last cell.
class Tally {
 public:
  explicit Tally(std::int64_t n_cells)
      : n_cells_(n_cells), n_copies_(copies_for(n_cells)), table_(static_cast<std::size_t>(n_cells * n_copies_ + 1)) {}

  std::int64_t n_cells() const { return n_cells_; }
  std::int64_t n_copies() const { return n_copies_; }
  void add(std::span<const std::uint32_t> cells) {
    for (const std::uint32_t cell : cells) ++table_[cell];
  }
  std::int64_t count(std::int64_t cell) const {
    const auto first = table_.begin() + cell * n_copies_;
    return std::accumulate(first, first + n_copies_, std::int64_t{0});
  }
  std::int64_t outside() const { return table_.back(); }

 private:
  static std::int64_t copies_for(std::int64_t n_cells) {
    std::int64_t copies = 16;
    while (copies > 1 && n_cells * copies > small_table) copies /= 2;
    return copies;
  }

  std::int64_t n_cells_;
  std::int64_t n_copies_;
  std::vector<std::int64_t> table_;
};

// What all stages share.
class Drawer {
 public:
  Drawer(const KdeDraws& draws, std::int64_t first_centre, const AliasTables& tables, Execution& execution)
      : kernels_(kernels()), draws_(draws), first_centre_(first_centre), tables_(tables), execution_(execution) {}

  const KdeGrid& kde() const { return draws_.kde; }
  const AliasTables& tables() const { return tables_; }
  Execution& execution() const { return execution_; }

  // Calls sink(cells) with block after block of drawn cells. The part of the share says the bins of n_drawn columns.
  template <class Sink>
  void draw(const Share& share, std::span<const DrawnColumn> columns, std::size_t n_drawn, std::int64_t n_cells,
            std::int64_t n_copies, const Sink& sink) const {
    std::array<std::uint32_t, block_draws> cells;
    const DrawStream stream = stream_of(share, n_drawn);
    for (std::int64_t done = 0; done < share.n; done += block_draws) {
      if (done % check_draws == 0) execution_.check();
      const std::int64_t n = std::min(block_draws, share.n - done);
      kernels_.draw_cells(stream, columns.data(), static_cast<std::int64_t>(columns.size()),
                          static_cast<std::uint32_t>(n_copies), static_cast<std::uint32_t>(n_cells),
                          share.first_group + done / draw_group, (n + draw_group - 1) / draw_group, cells.data());
      sink(std::span<const std::uint32_t>(cells.data(), static_cast<std::size_t>(n)));
      if (const std::int64_t all = done + n; all == share.n || all % check_draws == 0) {
        const std::int64_t n_new = (all - 1) % check_draws + 1;
        draws_.n_done.fetch_add(n_new * static_cast<std::int64_t>(columns.size()), std::memory_order_relaxed);
      }
    }
  }

  void draw(const Share& share, std::span<const DrawnColumn> columns, std::size_t n_drawn, Tally& tally) const {
    draw(share, columns, n_drawn, tally.n_cells(), tally.n_copies(),
         [&](std::span<const std::uint32_t> cells) { tally.add(cells); });
  }

  // Draws the bins of one more column; calls emit(share of the finer part) in the order of the bins. Returns how
  // many draws fell outside.
  template <class Emit>
  std::int64_t split(const Share& share, std::size_t c, const Emit& emit) const {
    DrawnColumn column = tables_.column(c, share.centre);
    const std::int64_t first_bin = column.first_bin;
    column.first_bin = 0;
    Tally tally(column.n_bins);
    draw(share, std::span(&column, 1), c, tally);
    for (std::int64_t b = 0; b < tally.n_cells(); ++b) {
      const std::int64_t n = tally.count(b);
      if (n > 0) emit(Share{share.part * kde()[c].n_bins() + first_bin + b, n, share.centre});
    }
    return tally.outside();
  }

 private:
  // Parts of different numbers of columns do not share random words: their prefixes lie in different intervals.
  DrawStream stream_of(const Share& share, std::size_t n_drawn) const {
    return {{static_cast<std::uint32_t>(draws_.seed), static_cast<std::uint32_t>(draws_.seed >> 32)},
            static_cast<std::uint32_t>(first_centre_ + share.centre),
            static_cast<std::uint64_t>(n_cells(kde(), 0, n_drawn)) + static_cast<std::uint64_t>(share.part)};
  }

  const Kernels& kernels_;
  const KdeDraws& draws_;
  std::int64_t first_centre_;
  const AliasTables& tables_;
  Execution& execution_;
};

// One list, sorted by part; the shares of a part stay in the order of their centres.
Shares sorted_by_part(std::vector<Shares> lists) {
  Shares all;
  all.reserve(std::accumulate(lists.begin(), lists.end(), std::size_t{0},
                              [](std::size_t sum, const Shares& list) { return sum + list.size(); }));
  for (Shares& list : lists) {
    all.insert(all.end(), list.begin(), list.end());
    list = {};
  }
  std::ranges::stable_sort(all, {}, &Share::part);
  return all;
}

// Stretches of shares, none of them worth much more than `draws` draws.
std::vector<std::span<const Share>> stretches(const Shares& shares, std::int64_t draws, bool one_part) {
  std::vector<std::span<const Share>> all;
  for (std::size_t begin = 0, end; begin < shares.size(); begin = end) {
    std::int64_t n = 0;
    for (end = begin; end < shares.size() && n < draws && !(one_part && shares[end].part != shares[begin].part);
         ++end) {
      n += shares[end].n + block_draws;  // a share has its own cost, however few its draws
    }
    all.emplace_back(shares.data() + begin, end - begin);
  }
  return all;
}

// The leading stage: draws the bins of the first n_leading columns.
Shares leading_shares(const Drawer& drawer, Shares shares, std::size_t n_leading, std::int64_t& outside) {
  for (std::size_t c = 0; c < n_leading; ++c) {
    const auto tasks = stretches(shares, task_draws, false);
    std::vector<Shares> lists(tasks.size());
    std::atomic<std::int64_t> lost{0};
    drawer.execution().parallel_for(static_cast<std::int64_t>(tasks.size()), 1, [&](std::int64_t t) {
      Shares& list = lists[static_cast<std::size_t>(t)];
      for (const Share& share : tasks[static_cast<std::size_t>(t)]) {
        lost += drawer.split(share, c, [&](const Share& finer) { list.push_back(finer); });
      }
    });
    outside += lost;
    shares = sorted_by_part(std::move(lists));
  }
  return shares;
}

// Cuts shares of very many draws, so that several workers may take them.
Shares cut(Shares shares) {
  const std::int64_t piece = std::max(task_draws, n_draws_of(shares) / max_pieces / draw_group * draw_group);
  if (std::ranges::all_of(shares, [&](const Share& share) { return share.n <= piece; })) return shares;
  Shares pieces;
  for (const Share& share : shares) {
    for (std::int64_t done = 0; done < share.n; done += piece) {
      pieces.push_back({share.part, std::min(piece, share.n - done), share.centre, done / draw_group});
    }
  }
  return pieces;
}

std::size_t n_leading_dense(const KdeGrid& kde) {
  std::size_t first = kde.size() - 1;
  while (first > 0 && n_cells(kde, first - 1, kde.size()) <= max_part_cells) --first;
  return first;
}

std::size_t n_leading_sparse(const KdeGrid& kde) {
  std::size_t end = 1;
  while (end < kde.size() && n_cells(kde, 0, end) < min_parts) ++end;
  return end;
}

// The trailing stage where no table has room for all cells.
class SparsePart {
 public:
  SparsePart(const Drawer& drawer, std::int64_t max_cells, std::atomic<std::int64_t>& n_found)
      : drawer_(drawer), max_cells_(max_cells), n_found_(n_found) {}

  // Of the shares of one part, whose first n_drawn columns are drawn.
  void count(std::span<const Share> shares, std::size_t n_drawn) {
    const std::int64_t n = n_draws_of(shares);
    if (n_drawn == drawer_.kde().size()) {
      found_.cells.push_back(shares.front().part);
      found_.counts.push_back(n);
      check_found(1);
    } else if (n <= max_keys) {
      count_keys_of(shares, n_drawn);
    } else {
      Shares finer;
      for (const Share& share : shares) {
        found_.outside += drawer_.split(share, n_drawn, [&](const Share& part) { finer.push_back(part); });
      }
      std::ranges::stable_sort(finer, {}, &Share::part);
      for (const std::span<const Share> part : stretches(finer, no_limit, true)) count(part, n_drawn + 1);
    }
  }

  SparseCounts take() { return std::move(found_); }

 private:
  void check_found(std::size_t n_more) {
    if ((n_found_ += static_cast<std::int64_t>(n_more)) > max_cells_) throw TooManyCells();
  }

  std::vector<ColumnGroup> groups_from(std::size_t first) const {
    std::vector<ColumnGroup> groups;
    for (std::size_t begin = first, end; begin < drawer_.kde().size(); begin = end) {
      end = begin + 1;
      while (end < drawer_.kde().size() && n_cells(drawer_.kde(), begin, end + 1) <= max_group_cells) ++end;
      groups.emplace_back(drawer_.kde(), begin, end);
    }
    return groups;
  }

  void count_keys_of(std::span<const Share> shares, std::size_t n_drawn) {
    const std::vector<ColumnGroup> groups = groups_from(n_drawn);
    keys_.clear();
    for (const Share& share : shares) draw_keys(share, n_drawn, groups);
    scratch_.resize(keys_.size());
    sort_keys(keys_, scratch_);
    const std::size_t n = encode_runs(keys_, scratch_);
    found_.cells.insert(found_.cells.end(), keys_.begin(), keys_.begin() + static_cast<std::ptrdiff_t>(n));
    found_.counts.insert(found_.counts.end(), scratch_.begin(), scratch_.begin() + static_cast<std::ptrdiff_t>(n));
    check_found(n);
  }

  void draw_keys(const Share& share, std::size_t n_drawn, const std::vector<ColumnGroup>& groups) {
    constexpr std::uint64_t outside = ~std::uint64_t{0};
    const auto begin = keys_.size();
    keys_.resize(begin + static_cast<std::size_t>(share.n));
    const std::span keys(keys_.data() + begin, static_cast<std::size_t>(share.n));
    std::fill(keys.begin(), keys.end(), static_cast<std::uint64_t>(share.part));
    for (const ColumnGroup& group : groups) {
      const auto n_cells = static_cast<std::uint64_t>(group.n_cells());
      std::uint64_t* key = keys.data();
      drawer_.draw(share, group.columns(drawer_.tables(), share.centre), n_drawn, group.n_cells(), 1,
                   [&](std::span<const std::uint32_t> cells) {
                     for (const std::uint32_t cell : cells) {
                       *key = cell == n_cells || *key == outside ? outside : *key * n_cells + cell;
                       ++key;
                     }
                   });
    }
    const auto inside = std::remove(keys.begin(), keys.end(), outside);
    found_.outside += keys.end() - inside;
    keys_.resize(begin + static_cast<std::size_t>(inside - keys.begin()));
  }

  const Drawer& drawer_;
  std::int64_t max_cells_;
  std::atomic<std::int64_t>& n_found_;
  SparseCounts found_;
  Buffer<std::uint64_t> keys_;
  Buffer<std::uint64_t> scratch_;
};

// One after another, each freed as soon as it is copied.
SparseCounts joined(std::vector<SparseCounts> parts) {
  SparseCounts all;
  all.reserve(std::accumulate(parts.begin(), parts.end(), std::size_t{0},
                              [](std::size_t sum, const SparseCounts& part) { return sum + part.cells.size(); }));
  for (SparseCounts& part : parts) {
    all.cells.insert(all.cells.end(), part.cells.begin(), part.cells.end());
    all.counts.insert(all.counts.end(), part.counts.begin(), part.counts.end());
    all.outside += part.outside;
    part = {};
  }
  return all;
}

SparseCounts merged(const SparseCounts& a, const SparseCounts& b) {
  SparseCounts all;
  all.reserve(a.cells.size() + b.cells.size());
  all.outside = a.outside + b.outside;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.cells.size() || j < b.cells.size()) {
    const bool from_a = j == b.cells.size() || (i < a.cells.size() && a.cells[i] <= b.cells[j]);
    const bool from_b = i == a.cells.size() || (j < b.cells.size() && b.cells[j] <= a.cells[i]);
    all.cells.push_back(from_a ? a.cells[i] : b.cells[j]);
    all.counts.push_back((from_a ? a.counts[i] : 0) + (from_b ? b.counts[j] : 0));
    i += from_a;
    j += from_b;
  }
  return all;
}

// Calls work(drawer, shares) with the centres of one batch after another.
template <class Work>
void draw_batches(const KdeDraws& draws, std::size_t n_leading, Execution& execution, const Work& work) {
  for_each_batch(draws.kde, n_leading, execution, [&](const BinMasses& masses, std::int64_t first_centre) {
    const AliasTables tables(masses, execution);
    Shares shares;
    for (std::int64_t i = 0; i < masses.n_centres(); ++i) {
      const std::int64_t n = draws.n_draws[static_cast<std::size_t>(first_centre + i)];
      if (n > 0) shares.push_back({0, n, static_cast<std::uint32_t>(i)});
    }
    work(Drawer(draws, first_centre, tables, execution), std::move(shares));
  });
}

}  // namespace

DenseCounts draw_dense(const KdeDraws& draws, Execution& execution) {
  const std::size_t n_leading = n_leading_dense(draws.kde);
  const ColumnGroup trailing(draws.kde, n_leading, draws.kde.size());
  DenseCounts all{Buffer<std::int64_t>(static_cast<std::size_t>(n_cells(draws.kde, 0, draws.kde.size())), 0)};
  std::array<std::mutex, 64> part_mutex;
  draw_batches(draws, n_leading, execution, [&](const Drawer& drawer, Shares whole) {
    const Shares shares = cut(leading_shares(drawer, std::move(whole), n_leading, all.outside));
    const auto tasks = stretches(shares, std::max(task_draws, 64 * trailing.n_cells()), true);
    std::atomic<std::int64_t> lost{0};
    execution.parallel_for(static_cast<std::int64_t>(tasks.size()), 1, [&](std::int64_t t) {
      const std::span<const Share> task = tasks[static_cast<std::size_t>(t)];
      Tally tally(trailing.n_cells());
      for (const Share& share : task) {
        drawer.draw(share, trailing.columns(drawer.tables(), share.centre), n_leading, tally);
      }
      lost += tally.outside();
      const auto number = static_cast<std::size_t>(task.front().part);
      const std::span part = std::span(all.counts).subspan(number * static_cast<std::size_t>(trailing.n_cells()));
      const std::lock_guard lock(part_mutex[number % part_mutex.size()]);
      for (std::int64_t cell = 0; cell < trailing.n_cells(); ++cell) {
        part[static_cast<std::size_t>(cell)] += tally.count(cell);
      }
    });
    all.outside += lost;
  });
  return all;
}

SparseCounts draw_sparse(const KdeDraws& draws, std::int64_t max_cells, Execution& execution) {
  const std::size_t n_leading = n_leading_sparse(draws.kde);
  SparseCounts counts;
  draw_batches(draws, n_leading, execution, [&](const Drawer& drawer, Shares all) {
    std::int64_t outside = 0;
    const Shares shares = leading_shares(drawer, std::move(all), n_leading, outside);
    const auto parts = stretches(shares, no_limit, true);
    std::vector<SparseCounts> found(parts.size());
    std::atomic<std::int64_t> n_found{static_cast<std::int64_t>(counts.cells.size())};
    execution.parallel_for(static_cast<std::int64_t>(parts.size()), 1, [&](std::int64_t p) {
      SparsePart part(drawer, max_cells, n_found);
      part.count(parts[static_cast<std::size_t>(p)], n_leading);
      found[static_cast<std::size_t>(p)] = part.take();
    });
    SparseCounts batch = joined(std::move(found));
    batch.outside += outside;
    counts = counts.cells.empty() && counts.outside == 0 ? std::move(batch) : merged(counts, batch);
  });
  return counts;
}

}  // namespace fastmi
