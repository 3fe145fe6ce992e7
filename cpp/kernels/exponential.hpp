// exp(t) for t <= 0, in lanes: less than 1.5 units in the last place from the truth, and exactly 1 for 0. As in
// simd.hpp, nothing here may be emitted out of line.
#pragma once

#include "simd.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

// Below it exp() would leave the normal numbers; whoever sums to at least 1 sees no difference from 0.
inline constexpr double least_exponent = -708;

// From least_exponent to 0. Cody and Waite: t = n ln 2 + r with a whole n and |r| <= ln(2) / 2, then
// exp(t) = 2^n (1 + r + r^2 q(r)), with q the polynomial that meets (exp(r) - 1 - r) / r^2 in the nodes of Chebyshev.
inline Lanes exponential(Lanes t) {
  constexpr double log2_e = 1.4426950408889634;
  constexpr double ln2_high = 0x1.62e42feep-1;  // so short that n times it is exact
  constexpr double ln2_low = 1.9082149292705877e-10;
  const Lanes shift = broadcast(0x1.8p52 + 1023);  // a number so large has no fraction: adding rounds

  const Lanes shifted = t * broadcast(log2_e) + shift;
  const Lanes n = shifted - shift;
  const Lanes r = (t - n * broadcast(ln2_high)) - n * broadcast(ln2_low);
  const Lanes r2 = r * r;
  // In even and odd powers, for two chains of half the length.
  Lanes even = broadcast(2.7620088445409746e-07);
  Lanes odd = broadcast(2.510038549551032e-08);
  even = even * r2 + broadcast(2.4801521295954376e-05);
  odd = odd * r2 + broadcast(2.7557268459997064e-06);
  even = even * r2 + broadcast(1.3888888917213717e-03);
  odd = odd * r2 + broadcast(1.9841269863053618e-04);
  even = even * r2 + broadcast(4.166666666662413e-02);
  odd = odd * r2 + broadcast(8.333333333330062e-03);
  even = even * r2 + broadcast(5.000000000000001e-01);
  odd = odd * r2 + broadcast(1.6666666666666669e-01);
  const Lanes q = even + odd * r;
  return (broadcast(1) + (r + r2 * q)) * power_of_two(shifted);
}

}  // namespace
}  // namespace fastmi::FASTMI_ISA
