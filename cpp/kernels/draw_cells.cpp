// Draws the cells of a table: the bin of each column by Walker's alias method, from random words of Threefry.
#include "kernels.hpp"
#include "threefry.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

// The outcome of each random word: its lowest bits choose a slot, the others between the slot itself and its alias.
inline Words outcome_of(Words random, Words slot, Words entry, Words mask) {
  return if_less(random | mask, entry, slot, entry & mask);
}

// Words that come with one key and consecutive counters.
template <class Place>
inline void for_each_group(const DrawStream& stream, std::uint32_t column, std::int64_t first_group,
                           std::int64_t n_groups, const Place& place) {
  const ThreefryKey key = threefry_key({stream.seed[0], stream.seed[1], stream.centre, column});
  for (std::int64_t g = 0; g < n_groups; ++g) {
    const std::int64_t first_counter = (first_group + g) * n_words;
    Words random[4] = {all_words(static_cast<std::uint32_t>(first_counter)) + iota_words(),
                       all_words(static_cast<std::uint32_t>(first_counter >> 32)),
                       all_words(static_cast<std::uint32_t>(stream.prefix)),
                       all_words(static_cast<std::uint32_t>(stream.prefix >> 32))};
    threefry(key, random);
    for (int w = 0; w < 4; ++w) place(g * draw_group + w * n_words, random[w]);
  }
}

}  // namespace

void draw_cells(const DrawStream& stream, const DrawnColumn* columns, std::int64_t n_columns, std::uint32_t n_copies,
                std::uint32_t n_cells, std::int64_t first_group, std::int64_t n_groups, std::uint32_t* cells) {
  const Words copy = iota_words() & all_words(n_copies - 1);
  for (std::int64_t i = 0; i < n_groups * draw_group; i += n_words) store_words(cells + i, copy);
  const Words outside = all_words(n_cells * n_copies);
  for (std::int64_t c = 0; c < n_columns; ++c) {
    const DrawnColumn& column = columns[c];
    const Words mask = all_words((std::uint32_t{1} << column.slot_bits) - 1);
    const Words stride = all_words(column.stride * n_copies);
    const Words first = all_words(column.first_bin);
    const Words n_bins = all_words(column.n_bins);
    // The last outcome is to be outside.
    const auto cell_of = [&](Words outcome) { return if_less(outcome, n_bins, (first + outcome) * stride, outside); };
    const auto add = [&](std::int64_t i, Words cell) {
      store_words(cells + i, min(load_words(cells + i) + cell, outside));
    };
    if (column.slot_bits == 4) {
      const Words slots = load_words(column.slots);
      const Words cell_of_outcome = cell_of(iota_words());
      for_each_group(stream, column.number, first_group, n_groups, [&](std::int64_t i, Words random) {
        const Words slot = random & mask;
        add(i, lookup(cell_of_outcome, outcome_of(random, slot, lookup(slots, slot), mask)));
      });
    } else {
      for_each_group(stream, column.number, first_group, n_groups, [&](std::int64_t i, Words random) {
        const Words slot = random & mask;
        add(i, cell_of(outcome_of(random, slot, gather(column.slots, slot), mask)));
      });
    }
  }
}

}  // namespace fastmi::FASTMI_ISA
