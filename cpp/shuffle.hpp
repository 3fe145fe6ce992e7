// Random permutations, each of a seed of its own: any of them can be made at any time, by any worker.
//
// The random words are those of SplitMix64: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number
// generators", OOPSLA (2014).
#pragma once

#include <cstdint>
#include <span>

#include "buffer.hpp"
#include "execution.hpp"

namespace fastmi {

// rows[p * n ...] = the numbers 0 ... n - 1 in the order that the p-th seed gives them, for n < 2^32.
Buffer<std::int64_t> shuffles(std::span<const std::uint64_t> seeds, std::int64_t n, Execution& execution);

}  // namespace fastmi
