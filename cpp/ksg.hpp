// Mutual information by the first estimator of Kraskov, Stoegbauer and Grassberger, Phys. Rev. E 69, 066138 (2004):
//
//     I(X;Y) = psi(k) + psi(N) - < psi(n_x + 1) + psi(n_y + 1) >
//
// where, for every sample, the radius is the distance to its k-th nearest other sample in the joint max-norm, and n_x,
// n_y count the other samples closer than that in X alone and in Y alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "execution.hpp"
#include "ksg_counts.hpp"
#include "samples.hpp"

namespace fastmi {

// Samples of radius 0: they coincide with k others, and the estimator's assumption of a density fails for them.
std::int64_t n_coincident(const KsgCounts& counts);

// The estimate, in nats.
double ksg1(const KsgCounts& counts, std::int64_t k);

// The terms of single samples, whose mean is the estimate.
Buffer<double> ksg1_local(const KsgCounts& counts, std::int64_t k);

struct ColumnPair {
  std::int64_t x;
  std::int64_t y;
};

struct PairInformation {
  double mutual_info;
  std::int64_t n_coincident;
};

// The estimate for every pair of columns, over the rows in which neither is NaN (more than k). Every column is prepared
// once; pairs run in parallel.
std::vector<PairInformation> ksg1_pairs(const Samples& x, const Samples& y, std::span<const ColumnPair> pairs,
                                        std::int64_t k, Execution& execution);

}  // namespace fastmi
