// Radix sort. Keys are dealt by their leading digit until the lots fit the cache, then each lot is sorted by itself
// from the last digit to the first. Digits are taken from the bits in which the keys of a lot differ, so it makes no
// difference where in the 64 bits these are, and keys far from the others cost one deal and no more.
#include "count_keys.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <numeric>
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

std::size_t n_chunks_of(std::size_t n) { return (n + chunk - 1) / chunk; }

template <class T>
std::span<T> chunk_of(std::span<T> keys, std::size_t i) {
  return keys.subspan(i * chunk, std::min(chunk, keys.size() - i * chunk));
}

// body(i) for each chunk i, by all workers.
template <class Body>
void for_each_chunk(std::size_t n, Execution& execution, const Body& body) {
  execution.parallel_for(static_cast<std::int64_t>(n_chunks_of(n)), 1,
                         [&](std::int64_t i) { body(static_cast<std::size_t>(i)); });
}

std::uint64_t varying_bits(Keys keys, Execution& execution) {
  std::vector<std::uint64_t> of_chunk(n_chunks_of(keys.size()));
  for_each_chunk(keys.size(), execution,
                 [&](std::size_t i) { of_chunk[i] = varying_bits(chunk_of(keys, i), keys.front()); });
  return std::accumulate(of_chunk.begin(), of_chunk.end(), std::uint64_t{0}, std::bit_or());
}

// All workers together. Returns where each digit ends.
DigitCounts deal(Keys keys, Keys scratch, Digit digit, Execution& execution) {
  const std::size_t n = keys.size();
  std::vector<DigitCounts> next(n_chunks_of(n));
  for_each_chunk(n, execution, [&](std::size_t i) { next[i] = count_digits(chunk_of(keys, i), digit); });
  DigitCounts end;
  std::size_t begin = 0;
  for (std::size_t d = 0; d < n_digits; ++d) {
    for (DigitCounts& of_chunk : next) begin += std::exchange(of_chunk[d], begin);
    end[d] = begin;
  }
  for_each_chunk(n, execution, [&](std::size_t i) { deal(chunk_of(keys, i), digit, next[i], scratch); });
  for_each_chunk(n, execution,
                 [&](std::size_t i) { std::ranges::copy(chunk_of(scratch, i), chunk_of(keys, i).begin()); });
  return end;
}

// Deals the keys by their leading digit until no lot is too large for one worker. The lots are in ascending order.
void split_into_lots(Keys keys, Keys scratch, Execution& execution, std::vector<Keys>& lots) {
  const std::uint64_t varying = keys.size() > lot ? varying_bits(keys, execution) : 0;
  if (varying == 0) {  // or need not be dealt
    lots.push_back(keys);
    return;
  }
  const DigitCounts end = deal(keys, scratch, leading_digit(varying), execution);
  for (std::size_t d = 0, begin = 0; d < n_digits; begin = end[d++]) {
    const std::size_t size = end[d] - begin;
    if (size != 0) split_into_lots(keys.subspan(begin, size), scratch.subspan(begin, size), execution, lots);
  }
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
  for (std::size_t d = 0, begin = 0; d < n_digits; begin = end[d++]) {
    const std::size_t size = end[d] - begin;
    sort_keys(keys.subspan(begin, size), scratch.subspan(begin, size));
  }
}

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

KeyCounts count_keys(Buffer<std::uint64_t> keys, Execution& execution) {
  Buffer<std::uint64_t> scratch(keys.size());
  std::vector<Keys> lots;
  split_into_lots(keys, scratch, execution, lots);
  const auto scratch_of = [&](Keys some) {
    return Keys(scratch).subspan(static_cast<std::size_t>(some.data() - keys.data()), some.size());
  };
  const auto for_each_lot = [&](const auto& body) {
    execution.parallel_for(static_cast<std::int64_t>(lots.size()), 1,
                           [&](std::int64_t i) { body(static_cast<std::size_t>(i)); });
  };

  // The different keys of each lot come to its front, and their counts to the same place in the scratch.
  for_each_lot([&](std::size_t i) {
    const Keys some = lots[i];
    sort_keys(some, scratch_of(some));
    lots[i] = some.first(encode_runs(some, scratch_of(some)));
  });
  std::vector<std::size_t> begin{0};
  for (const Keys some : lots) begin.push_back(begin.back() + some.size());
  KeyCounts found{Buffer<std::uint64_t>(begin.back()), Buffer<std::int64_t>(begin.back())};
  for_each_lot([&](std::size_t i) {
    std::ranges::copy(lots[i], found.keys.data() + begin[i]);
    std::ranges::copy(scratch_of(lots[i]), found.counts.data() + begin[i]);
  });
  return found;
}

}  // namespace fastmi
