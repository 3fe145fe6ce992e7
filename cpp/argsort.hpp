// Sorts a column: the values in order, each with its row.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fastmi {

struct Ranked {
  double value;
  std::int64_t row;
};

// Sorts in place by value; equal values (0 and -0 among them) keep their order. No NaN, no infinity.
void argsort(std::vector<Ranked>& items);

}  // namespace fastmi
