// The distribution function of one column of a kernel density, a mixture of normal distributions of one width:
//
//   F(x) = 1/n sum_j Phi((x - c_j) / h).
#pragma once

#include <span>

#include "buffer.hpp"
#include "execution.hpp"

namespace fastmi {

// F of every x. The centres ascend; h has a finite inverse.
Buffer<double> normal_mixture_cdf(std::span<const double> centres, double h, std::span<const double> x,
                                  Execution& execution);

}  // namespace fastmi
