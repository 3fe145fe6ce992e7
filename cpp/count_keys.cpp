// Radix sort. Keys are dealt by their leading digit until the lots fit the cache, then each lot is sorted by itself
// from the last digit to the first. Digits are taken from the bits in which the keys of a lot differ, so it makes no
// difference where in the 64 bits these are, and keys far from the others cost one deal and no more.
#include "count_keys.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>
#include <vector>

namespace fastmi {
namespace {

using Keys = std::span<std::uint64_t>;

constexpr std::size_t few = 128;                      // keys that comparing sorts well
constexpr std::size_t cached = std::size_t{1} << 15;  // keys that fit the second-level cache, with their scratch
constexpr std::size_t lot = std::size_t{1} << 18;     // keys for a task to sort
constexpr std::size_t chunk = std::size_t{1} << 18;   // keys for a task to deal
constexpr int digit_bits = 8;
constexpr std::size_t n_digits = std::size_t{1} << digit_bits;

using DigitCounts = std::array<std::size_t, n_digits>;

// The digit_bits bits from `shift` on.
struct Digit {
  int shift;
  std::size_t operator()(std::uint64_t key) const { return static_cast<std::size_t>(key >> shift) % n_digits; }
};

Digit leading_digit(std::uint64_t varying) {
  return {std::max(static_cast<int>(std::bit_width(varying)) - digit_bits, 0)};
}

// The bits in which not all keys are alike.
std::uint64_t varying_bits(std::span<const std::uint64_t> keys, std::uint64_t like) {
  std::uint64_t varying = 0;
  for (const std::uint64_t key : keys) varying |= key ^ like;
  return varying;
}

DigitCounts count_digits(std::span<const std::uint64_t> keys, Digit digit) {
  DigitCounts counts{};
  for (const std::uint64_t key : keys) ++counts[digit(key)];
  return counts;
}

// Makes of the number of keys of each digit the place where they begin.
void begin_of_each(DigitCounts& counts) {
  std::size_t begin = 0;
  for (std::size_t& count : counts) begin += std::exchange(count, begin);
}

// Afterwards `next` is where each digit ends.
void deal(std::span<const std::uint64_t> keys, Digit digit, DigitCounts& next, Keys dealt) {
  for (const std::uint64_t key : keys) dealt[next[digit(key)]++] = key;
}

void sort_from_last_digit(Keys keys, Keys scratch, std::uint64_t varying) {
  Keys from = keys;
  Keys to = scratch;
  for (int shift = 0; shift < 64 && varying >> shift != 0; shift += digit_bits) {
    shift += std::countr_zero(varying >> shift);
    DigitCounts next = count_digits(from, Digit{shift});
    begin_of_each(next);
    deal(from, Digit{shift}, next, to);
    std::swap(from, to);
  }
  if (from.data() != keys.data()) std::copy(from.begin(), from.end(), keys.begin());
}

// Deals the keys by their leading digit, all workers together, until no lot is too large for one of them. The lots are
// in ascending order.
void split_into_lots(Keys keys, Keys scratch, Execution& execution, std::vector<Keys>& lots) {
  if (keys.empty()) return;
  const std::size_t n_chunks = (keys.size() + chunk - 1) / chunk;
  const auto chunk_of = [&](Keys all, std::int64_t i) {
    const std::size_t begin = static_cast<std::size_t>(i) * chunk;
    return all.subspan(begin, std::min(chunk, all.size() - begin));
  };
  const auto for_each_chunk = [&](const auto& body) {
    execution.parallel_for(static_cast<std::int64_t>(n_chunks), 1, body);
  };
  std::vector<std::uint64_t> varying_of(n_chunks);
  if (keys.size() > lot) {
    for_each_chunk([&](std::int64_t i) {
      varying_of[static_cast<std::size_t>(i)] = varying_bits(chunk_of(keys, i), keys.front());
    });
  }
  std::uint64_t varying = 0;
  for (const std::uint64_t bits : varying_of) varying |= bits;
  if (varying == 0) {
    lots.push_back(keys);
    return;
  }

  const Digit digit = leading_digit(varying);
  std::vector<DigitCounts> next(n_chunks);
  for_each_chunk([&](std::int64_t i) { next[static_cast<std::size_t>(i)] = count_digits(chunk_of(keys, i), digit); });
  DigitCounts end;
  std::size_t begin = 0;
  for (std::size_t d = 0; d < n_digits; ++d) {
    for (DigitCounts& of_chunk : next) begin += std::exchange(of_chunk[d], begin);
    end[d] = begin;
  }
  for_each_chunk([&](std::int64_t i) { deal(chunk_of(keys, i), digit, next[static_cast<std::size_t>(i)], scratch); });
  for_each_chunk([&](std::int64_t i) { std::ranges::copy(chunk_of(scratch, i), chunk_of(keys, i).begin()); });
  begin = 0;
  for (const std::size_t last : end) {
    split_into_lots(keys.subspan(begin, last - begin), scratch.subspan(begin, last - begin), execution, lots);
    begin = last;
  }
}

// Of sorted keys, leaves each one once, at the front, and how often it was there. Returns how many they are.
std::size_t encode_runs(Keys keys, std::span<std::uint64_t> counts) {
  std::size_t n_runs = 0;
  for (std::size_t begin = 0, i = 1; i <= keys.size(); ++i) {
    if (i < keys.size() && keys[i] == keys[begin]) continue;
    keys[n_runs] = keys[begin];
    counts[n_runs++] = i - begin;
    begin = i;
  }
  return n_runs;
}

}  // namespace

void sort_keys(Keys keys, Keys scratch) {
  if (keys.size() <= few) {
    std::ranges::sort(keys);
    return;
  }
  const std::uint64_t varying = varying_bits(keys, keys.front());
  if (keys.size() <= cached || leading_digit(varying).shift == 0) {
    sort_from_last_digit(keys, scratch, varying);
    return;
  }
  const Digit digit = leading_digit(varying);
  DigitCounts end = count_digits(keys, digit);
  begin_of_each(end);
  deal(keys, digit, end, scratch);
  std::copy_n(scratch.begin(), keys.size(), keys.begin());
  std::size_t begin = 0;
  for (const std::size_t last : end) {
    sort_keys(keys.subspan(begin, last - begin), scratch.subspan(begin, last - begin));
    begin = last;
  }
}

KeyCounts count_keys(Buffer<std::uint64_t> keys, Execution& execution) {
  Buffer<std::uint64_t> scratch(keys.size());
  std::vector<Keys> lots;
  split_into_lots(keys, scratch, execution, lots);

  const auto n_lots = static_cast<std::int64_t>(lots.size());
  std::vector<std::size_t> begin(lots.size() + 1, 0);
  const auto scratch_of = [&](Keys some) {
    return Keys(scratch).subspan(static_cast<std::size_t>(some.data() - keys.data()), some.size());
  };
  execution.parallel_for(n_lots, 1, [&](std::int64_t i) {
    const Keys some = lots[static_cast<std::size_t>(i)];
    sort_keys(some, scratch_of(some));
    begin[static_cast<std::size_t>(i) + 1] = encode_runs(some, scratch_of(some));
  });
  for (std::size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];

  KeyCounts found{Buffer<std::uint64_t>(begin.back()), Buffer<std::int64_t>(begin.back())};
  execution.parallel_for(n_lots, 1, [&](std::int64_t i) {
    const auto lot_i = static_cast<std::size_t>(i);
    const Keys some = lots[lot_i].first(begin[lot_i + 1] - begin[lot_i]);
    std::ranges::copy(some, found.keys.data() + begin[lot_i]);
    std::ranges::copy(scratch_of(some), found.counts.data() + begin[lot_i]);
  });
  return found;
}

}  // namespace fastmi
