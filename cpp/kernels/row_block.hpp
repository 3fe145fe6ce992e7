// A block of rows, column after column: what kernels make of samples at any strides.
#pragma once

#include "kernels.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

struct RowBlock {
  std::int64_t begin;
  std::int64_t size;  // at most block_rows
};

// The block's values of one column, side by side; the last is repeated up to a whole number of lanes. Where they are
// not so in memory, they are copied to `scratch`.
inline const double* column_values(const SampleView& samples, RowBlock rows, std::int64_t column, double* scratch) {
  const double* values = samples.first + rows.begin * samples.row_stride + column * samples.column_stride;
  if (samples.row_stride == 1 && rows.size % lane_padding == 0) return values;
  for (std::int64_t i = 0; i < rows.size; ++i) scratch[i] = values[i * samples.row_stride];
  for (std::int64_t i = rows.size; i % lane_padding != 0; ++i) scratch[i] = scratch[i - 1];
  return scratch;
}

}  // namespace
}  // namespace fastmi::FASTMI_ISA
