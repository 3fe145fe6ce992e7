// Mutual information of a continuous column and labels by Ross, PLoS ONE 9, e87357 (2014):
//
//     I(C;D) = psi(N) + < psi(k_i) - psi(N_i) - psi(m_i) >
//
// where N_i samples have the label of sample i, k_i = min(k, N_i - 1), and m_i samples of any label, itself among them,
// are closer to it than the k_i-th nearest other of its label. Samples alone with their label are left out.
//
// All is as scikit-learn has it, so that values agree. Where the radius is 0, the samples at distance 0 are counted.
// And in classes of at most 2 k_i + 1 samples, radii are sqrt(a^2 - 2 a b + b^2), in the end in the precision of the
// samples: rounding decides whether the neighbour at the radius is closer than it. For numbers without such accidents
// there is the "mixed" estimator.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "execution.hpp"
#include "ksg.hpp"
#include "samples.hpp"

namespace fastmi {

enum class Precision { float32, float64 };

// The estimate in nats for every pair of a column and a column of labels, which are equal or not; NaN where all samples
// are alone. Every column is prepared once; pairs run in parallel. No NaN among the samples.
std::vector<double> ross_pairs(const Samples& x, const Samples& labels, std::span<const ColumnPair> pairs,
                               std::int64_t k, Precision precision, Execution& execution);

}  // namespace fastmi
