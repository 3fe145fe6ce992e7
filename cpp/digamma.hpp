// The digamma function of positive integers, psi(n), from a table that grows on demand.
#pragma once

#include <cstdint>
#include <span>

namespace fastmi {

// psi(n) for n >= 1, correctly rounded but for rare ties. The first call for a large n fills the table up to it.
double digamma(std::int64_t n);

// The sum over n of weight[n] * psi(n), for n = 1 .. weight.size() - 1 (weight[0] is not looked at). Compensated, and
// always in the order of n: the same weights give the same bits.
double digamma_dot(std::span<const std::int64_t> weight);

}  // namespace fastmi
