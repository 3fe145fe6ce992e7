// Two passes of radix sort by a key that is linear in the value bring evenly spread values almost into order, and an
// insertion sort finishes them: ten times faster than comparing. Where that fails, because values crowd (heavy tails,
// tight clusters) or the column does not fit the cache, values are dealt into buckets, and crowded buckets are dealt
// out again, each over the range of the values in it.
#include "argsort.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

#include "range.hpp"

namespace fastmi {
namespace {

constexpr std::size_t cached = 200'000;  // values whose keys stay in the second-level cache
constexpr int digit_bits = 10;
constexpr std::size_t n_digits = std::size_t{1} << digit_bits;
constexpr int row_bits = 40;  // a key of two digits above them shares one word with its row
constexpr std::uint64_t row_mask = (std::uint64_t{1} << row_bits) - 1;
constexpr std::int64_t shifts_per_row = 2;  // that the insertion sort may take

constexpr std::size_t most_buckets = 4096;
constexpr std::size_t few = 24;  // items that insertion sorts well
constexpr int deepest = 12;      // levels, before comparing is better

// Such that every value of the range times that is at most `last`; 0 where the range is nil, or it or the scale
// overflows.
double scale_to(std::size_t last, const Range& range) {
  const double scale = static_cast<double>(last) / range.extent();
  return scale > 0 && std::isfinite(scale) && std::isfinite(range.extent()) ? scale : 0;
}

Sorted room_for(std::size_t n, std::size_t spare) {
  Sorted sorted;
  sorted.values.reserve(n + spare);
  sorted.values.resize(n);
  sorted.rows.resize(n);
  return sorted;
}

// False, with all in some order, if it took more than `budget` shifts.
bool insertion_sort(Sorted& sorted, std::int64_t budget) {
  auto& [values, rows] = sorted;
  for (std::size_t i = 1; i < values.size(); ++i) {
    const double value = values[i];
    if (values[i - 1] <= value) continue;
    const std::int64_t row = rows[i];
    std::size_t hole = i;
    for (; hole > 0 && values[hole - 1] > value; --hole) {
      values[hole] = values[hole - 1];
      rows[hole] = rows[hole - 1];
    }
    values[hole] = value;
    rows[hole] = row;
    budget -= static_cast<std::int64_t>(i - hole);
    if (budget < 0) return false;
  }
  return true;
}

// Makes of the size of each the place where it begins.
template <class Size>
void begin_of_each(std::span<Size> sizes) {
  Size begin = 0;
  for (Size& size : sizes) begin += std::exchange(size, begin);
}

std::optional<Sorted> radix_sort(std::span<const double> values, std::size_t spare, const Range& range) {
  const double scale = scale_to(n_digits * n_digits - 1, range);
  if (scale == 0) return std::nullopt;
  const auto low = [](std::uint64_t word) { return (word >> row_bits) % n_digits; };
  const auto high = [](std::uint64_t word) { return (word >> (row_bits + digit_bits)) % n_digits; };
  std::array<std::uint32_t, n_digits> low_next{};
  std::array<std::uint32_t, n_digits> high_next{};
  Buffer<std::uint64_t> words(values.size());
  std::size_t n = 0;
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (std::isnan(values[row])) continue;
    const auto key = static_cast<std::uint64_t>(static_cast<std::int64_t>((values[row] - range.least) * scale));
    const std::uint64_t word = std::min<std::uint64_t>(key, n_digits * n_digits - 1) << row_bits | row;
    ++low_next[low(word)];
    ++high_next[high(word)];
    words[n++] = word;
  }
  words.resize(n);
  begin_of_each(std::span<std::uint32_t>(low_next));
  begin_of_each(std::span<std::uint32_t>(high_next));
  Buffer<std::uint64_t> by_low(n);
  for (const std::uint64_t word : words) by_low[low_next[low(word)]++] = word;
  for (const std::uint64_t word : by_low) words[high_next[high(word)]++] = word;

  Sorted sorted = room_for(n, spare);
  for (std::size_t rank = 0; rank < n; ++rank) {
    const std::uint64_t row = words[rank] & row_mask;
    sorted.values[rank] = values[row];
    sorted.rows[rank] = static_cast<std::int64_t>(row);
  }
  if (!insertion_sort(sorted, shifts_per_row * static_cast<std::int64_t>(n))) return std::nullopt;
  return sorted;
}

struct Ranked {
  double value;
  std::int64_t row;
};

// Leaves no item more than `few` places from where it belongs.
void deal(std::span<Ranked> items, std::span<Ranked> scratch, int level) {
  Range range;
  for (const Ranked& item : items) range.add(item.value);
  if (range.least == range.greatest) return;
  const std::size_t n_buckets = std::min(items.size(), most_buckets);
  const double scale = scale_to(n_buckets - 1, range);
  if (scale == 0 || level == deepest) {
    std::stable_sort(items.begin(), items.end(), [](const Ranked& a, const Ranked& b) { return a.value < b.value; });
    return;
  }
  const auto bucket_of = [&](const Ranked& item) {
    const auto bucket = static_cast<std::size_t>(static_cast<std::int64_t>((item.value - range.least) * scale));
    return std::min(bucket, n_buckets - 1);
  };
  std::array<std::size_t, most_buckets> end;
  std::fill_n(end.begin(), n_buckets, 0);
  for (const Ranked& item : items) ++end[bucket_of(item)];
  begin_of_each(std::span(end).first(n_buckets));
  for (const Ranked& item : items) scratch[end[bucket_of(item)]++] = item;
  std::copy_n(scratch.begin(), items.size(), items.begin());

  std::size_t begin = 0;
  for (std::size_t bucket = 0; bucket < n_buckets; ++bucket) {
    if (end[bucket] - begin > few) deal(items.subspan(begin, end[bucket] - begin), scratch, level + 1);
    begin = end[bucket];
  }
}

Sorted deal_sort(std::span<const double> values, std::size_t spare) {
  Buffer<Ranked> items;
  items.reserve(values.size());
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (!std::isnan(values[row])) items.push_back({values[row], static_cast<std::int64_t>(row)});
  }
  Buffer<Ranked> scratch(items.size());
  deal(items, scratch, 0);
  Sorted sorted = room_for(items.size(), spare);
  for (std::size_t rank = 0; rank < items.size(); ++rank) {
    sorted.values[rank] = items[rank].value;
    sorted.rows[rank] = items[rank].row;
  }
  insertion_sort(sorted, std::numeric_limits<std::int64_t>::max());
  return sorted;
}

}  // namespace

Sorted argsort(std::span<const double> values, std::size_t spare) {
  if (values.size() <= cached) {
    if (auto sorted = radix_sort(values, spare, range_of(values))) return *std::move(sorted);
  }
  return deal_sort(values, spare);
}

}  // namespace fastmi
