#include "alias_tables.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace fastmi {
namespace {

constexpr std::uint64_t one = std::uint64_t{1} << 32;
constexpr double least_mass = 0.5 / static_cast<double>(one);  // that is rounded to a weight of 1
constexpr int min_slot_bits = 4;                               // a table of 16 slots fits the kernels' registers
constexpr std::int64_t task_slots = 1 << 18;

// Without the bins at either end that together get no weight.
BinMasses::Window trimmed(BinMasses::Window window) {
  const auto first_with_weight = [](auto begin, auto end) {
    double sum = 0;
    return std::find_if(begin, end, [&](double mass) { return (sum += mass) >= least_mass; });
  };
  const auto begin = first_with_weight(window.mass.begin(), window.mass.end());
  const auto end = first_with_weight(window.mass.rbegin(), window.mass.rend()).base();
  if (begin >= end) return {window.first_bin, {}, window.outside};
  return {window.first_bin + (begin - window.mass.begin()), std::span(begin, end), window.outside};
}

}  // namespace

std::vector<std::uint64_t> weights_of(std::span<const double> mass) {
  const double total = std::accumulate(mass.begin(), mass.end(), 0.0);
  std::vector<std::uint64_t> weights;
  weights.reserve(mass.size());
  double sum = 0;
  std::uint64_t before = 0;
  for (const double m : mass) {
    sum += m;
    const auto up_to_here = static_cast<std::uint64_t>(std::llround(sum / total * static_cast<double>(one)));
    weights.push_back(up_to_here - before);
    before = up_to_here;
  }
  return weights;
}

void fill_alias_table(std::span<const std::uint64_t> weights, std::span<std::uint32_t> slots) {
  const int slot_bits = std::countr_zero(slots.size());
  const std::uint64_t capacity = one >> slot_bits;
  std::vector<std::uint64_t> left(weights.begin(), weights.end());
  left.resize(slots.size(), 0);
  std::vector<std::uint32_t> small;
  std::vector<std::uint32_t> large;
  for (std::uint32_t s = 0; s < slots.size(); ++s) (left[s] < capacity ? small : large).push_back(s);
  while (!small.empty()) {
    const std::uint32_t slot = small.back();
    small.pop_back();
    const std::uint32_t alias = large.back();
    slots[slot] = static_cast<std::uint32_t>(left[slot] << slot_bits) | alias;
    left[alias] -= capacity - left[slot];
    if (left[alias] < capacity) {
      large.pop_back();
      small.push_back(alias);
    }
  }
  // A full slot is its own alias.
  for (const std::uint32_t slot : large) slots[slot] = slot;
}

AliasTables::AliasTables(const BinMasses& masses, Execution& execution) : columns_(masses.n_columns()) {
  const std::int64_t n = masses.n_centres();
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    Column& column = columns_[c];
    column.first_bin.resize(static_cast<std::size_t>(n));
    column.n_bins.resize(static_cast<std::size_t>(n));
    std::uint32_t widest = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      const BinMasses::Window window = trimmed(masses.window(c, i));
      column.first_bin[static_cast<std::size_t>(i)] = static_cast<std::uint32_t>(window.first_bin);
      column.n_bins[static_cast<std::size_t>(i)] = static_cast<std::uint32_t>(window.mass.size());
      widest = std::max(widest, static_cast<std::uint32_t>(window.mass.size()));
    }
    column.slot_bits = std::max<int>(std::bit_width(widest), min_slot_bits);
    const std::size_t n_slots = std::size_t{1} << column.slot_bits;
    column.slots.resize(static_cast<std::size_t>(n) * n_slots);
    const std::int64_t task_size = std::max<std::int64_t>(task_slots >> column.slot_bits, 1);
    execution.parallel_for((n + task_size - 1) / task_size, 1, [&](std::int64_t task) {
      std::vector<double> mass;
      for (std::int64_t i = task * task_size; i < std::min((task + 1) * task_size, n); ++i) {
        const BinMasses::Window window = trimmed(masses.window(c, i));
        mass.assign(window.mass.begin(), window.mass.end());
        mass.push_back(window.outside);
        fill_alias_table(weights_of(mass),
                         std::span(column.slots).subspan(static_cast<std::size_t>(i) * n_slots, n_slots));
      }
    });
  }
}

DrawnColumn AliasTables::column(std::size_t c, std::int64_t centre) const {
  const Column& column = columns_[c];
  const auto i = static_cast<std::size_t>(centre);
  return {column.slots.data() + (i << column.slot_bits),
          column.slot_bits,
          column.first_bin[i],
          column.n_bins[i],
          static_cast<std::uint32_t>(c),
          1};
}

}  // namespace fastmi
