// The order of a column's values.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fastmi {

struct Ranked {
  double value;
  std::int64_t row;
};

// All values but NaN with their rows, ascending by value, and by row where values are equal. No infinities.
std::vector<Ranked> argsort(std::span<const double> values);

}  // namespace fastmi
