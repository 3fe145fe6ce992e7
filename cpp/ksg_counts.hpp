// The radius and the neighbour counts behind KSG, by whichever engine is the fastest for the columns in question.
#pragma once

#include <cstdint>

#include "buffer.hpp"
#include "column.hpp"
#include "execution.hpp"
#include "samples.hpp"

namespace fastmi {

// Of the samples in the result: as the rows are, or each array in any order, which is enough for sums and faster.
enum class Order { rows, any };

struct KsgCounts {
  Buffer<double> radius;     // distance to the k-th nearest other sample, jointly
  Buffer<std::int64_t> n_x;  // other samples closer than that in x alone, strictly
  Buffer<std::int64_t> n_y;
};

// Exact for every sample, for 1 <= k < the number of samples.
KsgCounts ksg_counts(const Samples& x, const Samples& y, std::int64_t k, Order order, Execution& execution);

// The same for two columns that are prepared, and complete.
KsgCounts ksg_counts(const Column& x, const Column& y, std::int64_t k, Order order, Execution& execution);

}  // namespace fastmi
