// The range of values.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <span>

namespace fastmi {

struct Range {
  double least = std::numeric_limits<double>::infinity();
  double greatest = -std::numeric_limits<double>::infinity();

  double extent() const { return greatest - least; }

  // NaN is left out.
  void add(double value) {
    least = value < least ? value : least;
    greatest = value > greatest ? value : greatest;
  }
};

// In four lots, so that the processor need not wait for one comparison to begin the next.
inline Range range_of(std::span<const double> values) {
  std::array<Range, 4> lots;
  std::size_t i = 0;
  for (; i + lots.size() <= values.size(); i += lots.size()) {
    for (std::size_t lot = 0; lot < lots.size(); ++lot) lots[lot].add(values[i + lot]);
  }
  for (; i < values.size(); ++i) lots[0].add(values[i]);
  for (const Range& lot : lots) {
    lots[0].add(lot.least);
    lots[0].add(lot.greatest);
  }
  return lots[0];
}

}  // namespace fastmi
