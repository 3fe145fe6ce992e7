// Adds the outer product of the bin masses of a few columns to a table: where the limit of infinitely many draws is
// made.
#include "kernels.hpp"
#include "simd.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

inline void add_row(const MassColumn& last, double weight, double* cells) {
  const Lanes factor = broadcast(weight);
  for (std::int64_t b = 0; b < last.n_bins; b += Lanes::width) {
    double* row = cells + last.first_bin + b;
    store(row, load(row) + factor * load(last.mass + b));
  }
}

}  // namespace

void add_product(const MassColumn* columns, std::int64_t n_columns, double weight, double least, double* cells) {
  if (n_columns == 1) {
    add_row(columns[0], weight, cells);
    return;
  }
  const MassColumn& column = columns[0];
  for (std::int64_t b = 0; b < column.n_bins; ++b) {
    const double product = weight * column.mass[b];
    if (product < least) continue;
    add_product(columns + 1, n_columns - 1, product, least, cells + (column.first_bin + b) * column.stride);
  }
}

}  // namespace fastmi::FASTMI_ISA
