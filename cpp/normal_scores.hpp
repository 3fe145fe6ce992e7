// Ranks as uniform and as normal variates: what is left of a column once its marginal distribution is taken out.
//
// A value's rank r among n, the mean of theirs where values are equal, becomes u = (r - 1/2) / n, or Phi^-1(u). Both
// depend on the order of the values alone, and a column turned upside down gets 1 - u, and -Phi^-1(u) to the bit.
#pragma once

#include <cstdint>
#include <span>

#include "execution.hpp"

namespace fastmi {

// Phi^-1(p), the normal distribution's quantile, for 0 < p < 1, to about 16 digits.
double normal_quantile(double p);

// Of columns of n values, one after the other; NaN has no rank and stays NaN. No infinities.
void uniform_scores(std::span<const double> columns, std::int64_t n, Execution& execution, std::span<double> scores);
void normal_scores(std::span<const double> columns, std::int64_t n, Execution& execution, std::span<double> scores);

}  // namespace fastmi
