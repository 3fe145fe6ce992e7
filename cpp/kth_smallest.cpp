// As Floyd and Rivest (1975) do it: of a sample, two values that the one sought is likely to be between; then what is
// between them is the new lot to choose from. Nothing branches on random values, which no processor can guess.
#include "kth_smallest.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace fastmi {
namespace {

constexpr int most_rounds = 16;
constexpr double infinity = std::numeric_limits<double>::infinity();

struct Between {
  double lower;
  double upper;
};

// Batcher's network.
void sort(std::array<double, 8>& values) {
  constexpr std::pair<std::size_t, std::size_t> comparators[] = {{0, 1}, {2, 3}, {4, 5}, {6, 7}, {0, 2}, {1, 3}, {4, 6},
                                                                 {5, 7}, {1, 2}, {5, 6}, {0, 4}, {1, 5}, {2, 6}, {3, 7},
                                                                 {2, 4}, {3, 5}, {1, 2}, {3, 4}, {5, 6}};
  for (const auto& [i, j] : comparators) {
    const double least = std::min(values[i], values[j]);
    values[j] = std::max(values[i], values[j]);
    values[i] = least;
  }
}

template <std::size_t size>
void sort(std::array<double, size>& values) {
  std::sort(values.begin(), values.end());
}

// By evenly spaced samples, so many places around that of the rank.
template <std::int64_t n_samples>
Between likely_bounds(const double* values, std::int64_t n, std::int64_t rank, double error) {
  std::array<double, n_samples> samples;
  std::int64_t i = n / (2 * n_samples);
  for (double& sample : samples) {
    sample = values[i];
    i += n / n_samples;
  }
  sort(samples);
  const double place = (static_cast<double>(rank) + 0.5) / static_cast<double>(n) * (n_samples + 1) - 1;
  const auto lower = static_cast<std::int64_t>(std::floor(place - error));
  const auto upper = static_cast<std::int64_t>(std::ceil(place + error));
  return {lower < 0 ? -infinity : samples[static_cast<std::size_t>(lower)],
          upper < n_samples ? samples[static_cast<std::size_t>(upper)] : infinity};
}

Between likely_bounds(const double* values, std::int64_t n, std::int64_t rank) {
  if (n < 1024) return likely_bounds<8>(values, n, rank, 1.5);
  return n < 16384 ? likely_bounds<32>(values, n, rank, 5) : likely_bounds<128>(values, n, rank, 12);
}

}  // namespace

Ranked kth_smallest(const Kernels& kernel, const double* values, std::int64_t n, std::int64_t rank, double* scratch,
                    double* more_scratch) {
  std::int64_t n_before = 0;  // of those no longer among the values
  std::int64_t n_kept = 0;
  std::int64_t n_less = 0;
  const auto keep = [&](Between bounds) {
    n_kept = kernel.keep_between(values, n, bounds.lower, bounds.upper, scratch, &n_less);
  };
  // A few rounds are enough but for values arranged to mislead the samples; those are left to the library.
  for (int round = 0; round < most_rounds && n > max_leaf_size; ++round) {
    Between bounds = likely_bounds(values, n, rank);
    // Where few values differ, those between may be all; so every other time, only one value is kept.
    if (round % 2 == 1) bounds.lower = bounds.upper = std::isfinite(bounds.lower) ? bounds.lower : bounds.upper;
    keep(bounds);
    if (rank < n_less) {
      keep({-infinity, std::nextafter(bounds.lower, -infinity)});
    } else if (rank >= n_less + n_kept) {
      keep({std::nextafter(bounds.upper, infinity), infinity});
    } else if (bounds.lower == bounds.upper) {
      return {bounds.lower, n_before + n_less};
    }
    values = scratch;
    n = n_kept;
    rank -= n_less;
    n_before += n_less;
    std::swap(scratch, more_scratch);
  }
  if (n <= max_leaf_size) {
    const double value = kernel.kth_of_few(values, n, rank, &n_less);
    return {value, n_before + n_less};
  }
  std::copy_n(values, n, scratch);
  std::nth_element(scratch, scratch + rank, scratch + n);
  return {scratch[rank], n_before + std::count_if(scratch, scratch + n, [=](double v) { return v < scratch[rank]; })};
}

}  // namespace fastmi
