#include "select.hpp"

#include <algorithm>
#include <array>

namespace fastmi {
namespace {

constexpr std::size_t few = 48;  // items that the library does as fast
constexpr int most_rounds = 64;

bool by_key(const Keyed& a, const Keyed& b) { return a.key < b.key; }

// A key that stands among evenly spread samples about as `rank` stands among all.
double pivot_of(std::span<const Keyed> items, std::size_t rank) {
  constexpr std::size_t n_samples = 15;
  std::array<double, n_samples> samples;
  const std::size_t step = items.size() / n_samples;
  for (std::size_t i = 0; i < n_samples; ++i) samples[i] = items[step / 2 + i * step].key;
  const auto chosen = samples.begin() + static_cast<std::ptrdiff_t>(rank * n_samples / items.size());
  std::nth_element(samples.begin(), chosen, samples.end());
  return *chosen;
}

// Items for which `goes_first` holds to the front, the others behind them; returns how many go first.
template <class Predicate>
std::size_t partition(std::span<Keyed> items, std::span<Keyed> scratch, const Predicate& goes_first) {
  std::size_t first = 0;
  std::size_t last = items.size();
  for (const Keyed& item : items) {
    const bool front = goes_first(item);
    scratch[first] = item;
    scratch[last - 1] = item;
    first += front;
    last -= !front;
  }
  std::copy_n(scratch.begin(), items.size(), items.begin());
  return first;
}

}  // namespace

void select(std::span<Keyed> items, std::size_t rank, std::span<Keyed> scratch) {
  // A few rounds are enough but for keys arranged to mislead the pivots; those are left to the library.
  for (int round = 0; round < most_rounds && items.size() > few; ++round) {
    const double pivot = pivot_of(items, rank);
    std::size_t n_first = partition(items, scratch, [=](const Keyed& item) { return item.key < pivot; });
    if (n_first <= rank) {
      items = items.subspan(n_first);
      rank -= n_first;
      // All that is left is at least the pivot. Where nothing was below it, its equals must go, or there is no end.
      if (n_first > 0) continue;
      n_first = partition(items, scratch, [=](const Keyed& item) { return item.key <= pivot; });
      if (rank < n_first) return;
      items = items.subspan(n_first);
      rank -= n_first;
    } else {
      items = items.first(n_first);
    }
  }
  if (rank < items.size())
    std::nth_element(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(rank), items.end(), by_key);
}

}  // namespace fastmi
