// How often each key occurs.
#pragma once

#include <cstdint>
#include <span>

#include "buffer.hpp"
#include "execution.hpp"

namespace fastmi {

struct KeyCounts {
  Buffer<std::uint64_t> keys;  // those that occur, ascending
  Buffer<std::int64_t> counts;
};

KeyCounts count_keys(Buffer<std::uint64_t> keys, Execution& execution);

// On one thread, ascending. The scratch is as long as the keys, and left in any state.
void sort_keys(std::span<std::uint64_t> keys, std::span<std::uint64_t> scratch);

// Of sorted keys, leaves each one once, at the front, and how often it was there. Returns how many they are.
std::size_t encode_runs(std::span<std::uint64_t> keys, std::span<std::uint64_t> counts);

}  // namespace fastmi
