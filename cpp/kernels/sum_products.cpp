// Sums over centres of products over columns: the density's mass in cells far too many for a table.
#include "kernels.hpp"
#include "simd.hpp"

namespace fastmi::FASTMI_ISA {

double sum_products(const double* const* rows, std::int64_t n_rows, std::int64_t n) {
  // As many partial sums whatever the width of the lanes: the order of additions is part of the result.
  constexpr int n_parts = product_block / Lanes::width;
  Lanes sums[n_parts];
  for (Lanes& sum : sums) sum = broadcast(0);
  for (std::int64_t i = 0; i < n; i += product_block) {
    Lanes product[n_parts];
    for (int p = 0; p < n_parts; ++p) product[p] = load(rows[0] + i + p * Lanes::width);
    for (std::int64_t r = 1; r < n_rows; ++r) {
      const double* row = rows[r] + i;
      for (int p = 0; p < n_parts; ++p) product[p] = product[p] * load(row + p * Lanes::width);
    }
    for (int p = 0; p < n_parts; ++p) sums[p] = sums[p] + product[p];
  }
  double part[product_block];
  for (int p = 0; p < n_parts; ++p) store(part + p * Lanes::width, sums[p]);
  for (int half = product_block / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) part[i] += part[i + half];
  }
  return part[0];
}

}  // namespace fastmi::FASTMI_ISA
