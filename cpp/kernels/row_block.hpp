// A block of rows, column after column: what kernels make of samples at any strides.
//
// While a block is worked on, the next one is fetched, value by value: left to itself, the processor begins to read
// ahead anew in each column of each block, and most of the time goes by in waiting.
#pragma once

#include "kernels.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

struct RowBlock {
  std::int64_t begin;
  std::int64_t size;  // at most block_rows
};

// May be given any address.
inline void prefetch([[maybe_unused]] const double* value) {
#if defined(__GNUC__)
  __builtin_prefetch(value);
#endif
}

// The block's values of one column, side by side; the last is repeated up to a whole number of lanes. Where they are
// not so in memory, they are copied to `scratch`.
inline const double* column_values(const SampleView& samples, RowBlock rows, std::int64_t column, double* scratch) {
  const double* values = samples.first + rows.begin * samples.row_stride + column * samples.column_stride;
  if (samples.row_stride == 1 && rows.size % lane_padding == 0) return values;
  const double* next_block = values + block_rows * samples.row_stride;
  constexpr std::int64_t line = 8;  // values that come into the cache together
  const bool first_of_line = samples.column_stride != 1 || column % line == 0;
  for (std::int64_t i = 0; i < rows.size; ++i) {
    scratch[i] = values[i * samples.row_stride];
    if (first_of_line) prefetch(next_block + i * samples.row_stride);
  }
  for (std::int64_t i = rows.size; i % lane_padding != 0; ++i) scratch[i] = scratch[i - 1];
  return scratch;
}

}  // namespace
}  // namespace fastmi::FASTMI_ISA
