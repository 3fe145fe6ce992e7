// The order of a column's values.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fastmi {

// The rows of all values but NaN, by ascending value; rows of equal values by ascending row. No infinities.
std::vector<std::int64_t> argsort(std::span<const double> values);

}  // namespace fastmi
