// The order of a column's values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "buffer.hpp"

namespace fastmi {

struct Sorted {
  Buffer<double> values;
  Buffer<std::int64_t> rows;
};

// All values but NaN with their rows, ascending by value, and by row where values are equal. No infinities. The values
// have room for `spare` more.
Sorted argsort(std::span<const double> values, std::size_t spare);

}  // namespace fastmi
