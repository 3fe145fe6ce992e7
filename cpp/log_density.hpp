// The density that n centres x_j with Gaussian product kernels of bandwidths h_c make up:
//
//   p(x) = 1 / (n (2 pi)^(d/2) prod_c h_c)  sum_j exp(-d_j(x)^2 / 2),   d_j(x)^2 = sum_c ((x_c - x_jc) / h_c)^2.
//
// Its logarithm is finite far into the tails, since the greatest term is taken out of the sum. Every sum runs over the
// centres in their order: the result has the same bits for any number of workers and any instruction set.
#pragma once

#include <cstdint>
#include <span>

#include "buffer.hpp"
#include "execution.hpp"

namespace fastmi {

// Points row after row.
struct Points {
  std::span<const double> coordinates;
  std::int64_t n_columns;

  std::int64_t size() const { return static_cast<std::int64_t>(coordinates.size()) / n_columns; }
  const double* operator[](std::int64_t i) const { return coordinates.data() + i * n_columns; }
};

struct KernelMixture {
  Points centres;
  std::span<const double> bandwidth;  // of each column; positive, with a finite inverse
};

// log p(x) of every query.
Buffer<double> log_density(const KernelMixture& mixture, const Points& queries, Execution& execution);

// What the other centres say of some of the centres, one entry for each of these.
struct LeftOut {
  Buffer<double> log_density;
  Buffer<double> mean_square;  // of d_j^2, weighted by the kernels exp(-d_j^2 / 2)
  Buffer<double> nearest;      // the least d_j^2
};

// `rows` are the numbers of those asked for. There must be two centres.
LeftOut leave_one_out(const KernelMixture& mixture, std::span<const std::int64_t> rows, Execution& execution);

}  // namespace fastmi
