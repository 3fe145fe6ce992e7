#include "kth_smallest.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace fastmi {
namespace {

constexpr std::size_t few = 16;  // values that the library does as fast
constexpr int most_rounds = 64;

// A value that stands among evenly spread samples about as `rank` stands among all.
template <std::size_t n_samples>
double pivot_of(std::span<const double> values, std::size_t rank) {
  std::array<double, n_samples> samples;
  const std::size_t step = values.size() / n_samples;
  for (std::size_t i = 0; i < n_samples; ++i) samples[i] = values[step / 2 + i * step];
  const auto chosen = samples.begin() + static_cast<std::ptrdiff_t>(rank * n_samples / values.size());
  std::nth_element(samples.begin(), chosen, samples.end());
  return *chosen;
}

double pivot_of(std::span<const double> values, std::size_t rank) {
  if (values.size() < 256) return pivot_of<5>(values, rank);
  return values.size() < 4096 ? pivot_of<15>(values, rank) : pivot_of<63>(values, rank);
}

// Values for which `goes_first` holds to the front of `to`, the others behind them; returns how many go first.
template <class Predicate>
std::size_t divide(std::span<const double> from, std::span<double> to, const Predicate& goes_first) {
  std::size_t first = 0;
  std::size_t last = from.size();
  for (const double value : from) {
    const bool front = goes_first(value);
    to[first] = value;
    to[last - 1] = value;
    first += front;
    last -= !front;
  }
  return first;
}

}  // namespace

double kth_smallest(std::span<double> values, std::size_t rank, std::span<double> scratch) {
  // A few rounds are enough but for values arranged to mislead the pivots; those are left to the library.
  for (int round = 0; round < most_rounds && values.size() > few; ++round) {
    const double pivot = pivot_of(values, rank);
    std::size_t n_first = divide(values, scratch, [=](double value) { return value < pivot; });
    std::swap(values, scratch);
    if (n_first == 0) {
      // All are at least the pivot: its equals must go, or there is no end.
      n_first = divide(values, scratch, [=](double value) { return value <= pivot; });
      if (rank < n_first) return pivot;
      std::swap(values, scratch);
    }
    const bool in_first = rank < n_first;
    const std::size_t begin = in_first ? 0 : n_first;
    const std::size_t size = in_first ? n_first : values.size() - n_first;
    values = values.subspan(begin, size);
    scratch = scratch.subspan(begin, size);
    rank -= begin;
  }
  const auto found = values.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(values.begin(), found, values.end());
  return *found;
}

}  // namespace fastmi
