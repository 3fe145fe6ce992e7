// Two passes of radix sort by a key that is linear in the value bring evenly spread values almost into order, and an
// insertion sort finishes them: ten times faster than comparing. Where values crowd (heavy tails), the insertion sort
// gives up, and a radix sort by all bits of the values takes over.
#include "argsort.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <utility>

namespace fastmi {
namespace {

constexpr std::size_t radix_worthwhile = 256;  // below, comparing is as fast
constexpr std::int64_t shifts_per_item = 8;    // that the insertion sort may take

// One stable pass by `digit_of`, from `from` into `to`.
template <std::size_t n_digits, class Digit>
void scatter(const std::vector<Ranked>& from, std::vector<Ranked>& to, std::array<std::int64_t, n_digits>& count,
             const Digit& digit_of) {
  std::int64_t begin = 0;
  for (std::int64_t& c : count) begin += std::exchange(c, begin);
  for (const Ranked& item : from) to[static_cast<std::size_t>(count[digit_of(item)]++)] = item;
}

// Returns false, with the items in some order, if it took too long.
bool insertion_sort(std::vector<Ranked>& items) {
  std::int64_t budget = shifts_per_item * static_cast<std::int64_t>(items.size());
  for (std::size_t i = 1; i < items.size(); ++i) {
    const Ranked item = items[i];
    std::size_t hole = i;
    for (; hole > 0 && items[hole - 1].value > item.value; --hole) items[hole] = items[hole - 1];
    items[hole] = item;
    budget -= static_cast<std::int64_t>(i - hole);
    if (budget < 0) return false;
  }
  return true;
}

template <int digit_bits>
bool linear_radix_sort(std::vector<Ranked>& items, std::vector<Ranked>& spare, double least, double scale) {
  constexpr std::size_t n_digits = std::size_t{1} << digit_bits;
  const auto key = [=](const Ranked& item) { return static_cast<std::size_t>((item.value - least) * scale); };
  const auto low = [=](const Ranked& item) { return key(item) % n_digits; };
  const auto high = [=](const Ranked& item) { return key(item) / n_digits; };
  std::array<std::int64_t, n_digits> low_count{};
  std::array<std::int64_t, n_digits> high_count{};
  for (const Ranked& item : items) {
    ++low_count[low(item)];
    ++high_count[high(item)];
  }
  scatter(items, spare, low_count, low);
  scatter(spare, items, high_count, high);
  return insertion_sort(items);
}

// The bits of a double as an integer of the same order; 0 and -0 are one.
std::uint64_t ordered_bits(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);
  return bits >> 63 ? ~bits : bits | std::uint64_t{1} << 63;
}

void full_radix_sort(std::vector<Ranked>& items, std::vector<Ranked>& spare) {
  constexpr int digit_bits = 11;
  constexpr std::size_t n_digits = std::size_t{1} << digit_bits;
  for (int shift = 0; shift < 64; shift += digit_bits) {
    const auto digit = [=](const Ranked& item) { return (ordered_bits(item.value) >> shift) % n_digits; };
    std::array<std::int64_t, n_digits> count{};
    for (const Ranked& item : items) ++count[digit(item)];
    if (count[digit(items.front())] == static_cast<std::int64_t>(items.size())) continue;
    scatter(items, spare, count, digit);
    items.swap(spare);
  }
}

}  // namespace

void argsort(std::vector<Ranked>& items) {
  const auto by_value = [](const Ranked& a, const Ranked& b) { return a.value < b.value; };
  if (items.size() < radix_worthwhile) {
    std::stable_sort(items.begin(), items.end(), by_value);
    return;
  }
  const auto [least, greatest] = std::minmax_element(items.begin(), items.end(), by_value);
  const double origin = least->value;
  const double range = greatest->value - origin;
  if (range == 0) return;

  std::vector<Ranked> spare(items.size());
  const bool few = items.size() <= 50'000;
  const double n_keys = few ? 1 << 18 : 1 << 22;
  const double scale = (n_keys - 1) / range;
  if (std::isfinite(range) && std::isfinite(scale) && range * scale < n_keys) {
    if (few ? linear_radix_sort<9>(items, spare, origin, scale) : linear_radix_sort<11>(items, spare, origin, scale)) {
      return;
    }
  }
  full_radix_sort(items, spare);
}

}  // namespace fastmi
