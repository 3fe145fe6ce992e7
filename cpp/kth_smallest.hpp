// The k-th smallest of some values: what std::nth_element finds, without branches on the values, which on random values
// no processor can guess. Most of the time of building a tree would go there.
#pragma once

#include <cstddef>
#include <span>

namespace fastmi {

// The value that `rank` others come before, in order. Both spans are as long, and hold anything afterwards.
double kth_smallest(std::span<double> values, std::size_t rank, std::span<double> scratch);

}  // namespace fastmi
