#pragma once

#include <bit>
#include <cstdint>

namespace fastmi {

// The greatest b with 2^b <= n, for n >= 1.
inline int floor_log2(std::int64_t n) { return 63 - std::countl_zero(static_cast<std::uint64_t>(n)); }

}  // namespace fastmi
