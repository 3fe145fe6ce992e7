// A few doubles side by side, in the widest registers of the instruction set this file is compiled for.
//
// Kernels are compiled once for each instruction set, in a namespace named after it (FASTMI_ISA). They must not use
// anything of the standard library that could be emitted out of line: the linker keeps one copy of such a function, and
// it might be the one that an older processor cannot run. For the same reason all here is in an anonymous namespace.
#pragma once

#include <cstdint>
#include <cstring>
#include <limits>

#if defined(__AVX512F__) || defined(__AVX2__) || defined(__SSE2__)
#include <immintrin.h>
#endif

namespace fastmi::FASTMI_ISA {
namespace {

// One bit for each lane.
using Mask = unsigned;

#if defined(__AVX512F__)

struct Lanes {
  static constexpr int width = 8;
  __m512d v;
};
inline Lanes load(const double* p) { return {_mm512_loadu_pd(p)}; }
inline void store(double* p, Lanes a) { _mm512_storeu_pd(p, a.v); }
inline Lanes broadcast(double a) { return {_mm512_set1_pd(a)}; }
inline Lanes operator+(Lanes a, Lanes b) { return {_mm512_add_pd(a.v, b.v)}; }
inline Lanes operator-(Lanes a, Lanes b) { return {_mm512_sub_pd(a.v, b.v)}; }
inline Lanes operator*(Lanes a, Lanes b) { return {_mm512_mul_pd(a.v, b.v)}; }
inline Lanes min(Lanes a, Lanes b) { return {_mm512_min_pd(a.v, b.v)}; }
inline Lanes max(Lanes a, Lanes b) { return {_mm512_max_pd(a.v, b.v)}; }
inline Lanes abs(Lanes a) { return {_mm512_abs_pd(a.v)}; }
inline double greatest(Lanes a) { return _mm512_reduce_max_pd(a.v); }
// Rounded towards zero; the lanes fit.
inline void store_truncated(std::int32_t* p, Lanes a) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvttpd_epi32(a.v));
}
// 2^n, where a is 1.5 * 2^52 + 1023 + n for a whole n with -1023 < n < 1024: the last bits of its fraction are n +
// 1023, and there is nothing to do but to move them to where the exponent is kept.
inline Lanes power_of_two(Lanes a) { return {_mm512_castsi512_pd(_mm512_slli_epi64(_mm512_castpd_si512(a.v), 52))}; }
inline Mask less(Lanes a, Lanes b) { return _mm512_cmp_pd_mask(a.v, b.v, _CMP_LT_OQ); }
// 1 in lanes where a is less, 0 elsewhere.
inline Lanes one_where_less(Lanes a, Lanes b) {
  return {_mm512_maskz_mov_pd(_mm512_cmp_pd_mask(a.v, b.v, _CMP_LT_OQ), _mm512_set1_pd(1))};
}
inline Mask less_equal(Lanes a, Lanes b) { return _mm512_cmp_pd_mask(a.v, b.v, _CMP_LE_OQ); }
// b where the lane's bit is set, a elsewhere.
inline Lanes select(Mask mask, Lanes a, Lanes b) {
  return {_mm512_mask_blend_pd(static_cast<__mmask8>(mask), a.v, b.v)};
}
// The lanes whose bits are set, in their order, and anything behind them.
inline Lanes compress(Mask mask, Lanes a) { return {_mm512_maskz_compress_pd(static_cast<__mmask8>(mask), a.v)}; }

#elif defined(__AVX2__)

struct Lanes {
  static constexpr int width = 4;
  __m256d v;
};
inline Lanes load(const double* p) { return {_mm256_loadu_pd(p)}; }
inline void store(double* p, Lanes a) { _mm256_storeu_pd(p, a.v); }
inline Lanes broadcast(double a) { return {_mm256_set1_pd(a)}; }
inline Lanes operator+(Lanes a, Lanes b) { return {_mm256_add_pd(a.v, b.v)}; }
inline Lanes operator-(Lanes a, Lanes b) { return {_mm256_sub_pd(a.v, b.v)}; }
inline Lanes operator*(Lanes a, Lanes b) { return {_mm256_mul_pd(a.v, b.v)}; }
inline Lanes min(Lanes a, Lanes b) { return {_mm256_min_pd(a.v, b.v)}; }
inline Lanes max(Lanes a, Lanes b) { return {_mm256_max_pd(a.v, b.v)}; }
inline Lanes abs(Lanes a) { return {_mm256_andnot_pd(_mm256_set1_pd(-0.0), a.v)}; }
inline void store_truncated(std::int32_t* p, Lanes a) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm256_cvttpd_epi32(a.v));
}
inline Lanes power_of_two(Lanes a) { return {_mm256_castsi256_pd(_mm256_slli_epi64(_mm256_castpd_si256(a.v), 52))}; }
inline Mask less(Lanes a, Lanes b) {
  return static_cast<Mask>(_mm256_movemask_pd(_mm256_cmp_pd(a.v, b.v, _CMP_LT_OQ)));
}
inline Lanes one_where_less(Lanes a, Lanes b) {
  return {_mm256_and_pd(_mm256_cmp_pd(a.v, b.v, _CMP_LT_OQ), _mm256_set1_pd(1))};
}
inline Mask less_equal(Lanes a, Lanes b) {
  return static_cast<Mask>(_mm256_movemask_pd(_mm256_cmp_pd(a.v, b.v, _CMP_LE_OQ)));
}
inline Lanes select(Mask mask, Lanes a, Lanes b) {
  const __m256i bits = _mm256_set_epi64x(8, 4, 2, 1);
  const __m256i chosen = _mm256_cmpeq_epi64(_mm256_and_si256(_mm256_set1_epi64x(mask), bits), bits);
  return {_mm256_blendv_pd(a.v, b.v, _mm256_castsi256_pd(chosen))};
}
inline Lanes compress(Mask mask, Lanes a) {
  // For each mask, where each half of a lane comes from.
  alignas(64) static constexpr std::uint64_t origins[16] = {
      0x0706050403020100, 0x0706050403020100, 0x0706050401000302, 0x0706050403020100,
      0x0706030201000504, 0x0706030205040100, 0x0706010005040302, 0x0706050403020100,
      0x0504030201000706, 0x0504030207060100, 0x0504010007060302, 0x0504070603020100,
      0x0302010007060504, 0x0302070605040100, 0x0100070605040302, 0x0706050403020100};
  const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(&origins[mask]));
  const __m256i order = _mm256_cvtepu8_epi32(bytes);
  return {_mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(a.v), order))};
}

#elif defined(__SSE2__)

struct Lanes {
  static constexpr int width = 2;
  __m128d v;
};
inline Lanes load(const double* p) { return {_mm_loadu_pd(p)}; }
inline void store(double* p, Lanes a) { _mm_storeu_pd(p, a.v); }
inline Lanes broadcast(double a) { return {_mm_set1_pd(a)}; }
inline Lanes operator+(Lanes a, Lanes b) { return {_mm_add_pd(a.v, b.v)}; }
inline Lanes operator-(Lanes a, Lanes b) { return {_mm_sub_pd(a.v, b.v)}; }
inline Lanes operator*(Lanes a, Lanes b) { return {_mm_mul_pd(a.v, b.v)}; }
inline Lanes min(Lanes a, Lanes b) { return {_mm_min_pd(a.v, b.v)}; }
inline Lanes max(Lanes a, Lanes b) { return {_mm_max_pd(a.v, b.v)}; }
inline Lanes abs(Lanes a) { return {_mm_andnot_pd(_mm_set1_pd(-0.0), a.v)}; }
inline void store_truncated(std::int32_t* p, Lanes a) {
  _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_cvttpd_epi32(a.v));
}
inline Lanes power_of_two(Lanes a) { return {_mm_castsi128_pd(_mm_slli_epi64(_mm_castpd_si128(a.v), 52))}; }
inline Mask less(Lanes a, Lanes b) { return static_cast<Mask>(_mm_movemask_pd(_mm_cmplt_pd(a.v, b.v))); }
inline Lanes one_where_less(Lanes a, Lanes b) { return {_mm_and_pd(_mm_cmplt_pd(a.v, b.v), _mm_set1_pd(1))}; }
inline Mask less_equal(Lanes a, Lanes b) { return static_cast<Mask>(_mm_movemask_pd(_mm_cmple_pd(a.v, b.v))); }
inline Lanes select(Mask mask, Lanes a, Lanes b) {
  const __m128d chosen =
      _mm_castsi128_pd(_mm_set_epi64x(-static_cast<std::int64_t>(mask >> 1 & 1), -static_cast<std::int64_t>(mask & 1)));
  return {_mm_or_pd(_mm_andnot_pd(chosen, a.v), _mm_and_pd(chosen, b.v))};
}
inline Lanes compress(Mask mask, Lanes a) { return mask == 2 ? Lanes{_mm_shuffle_pd(a.v, a.v, 1)} : a; }

#else  // plain C++, for the compiler to vectorise

struct Lanes {
  static constexpr int width = 4;
  double v[width];
};
template <class Function>
inline Lanes each_lane(const Function& function) {
  Lanes result;
  for (int i = 0; i < Lanes::width; ++i) result.v[i] = function(i);
  return result;
}
inline Lanes load(const double* p) {
  return each_lane([=](int i) { return p[i]; });
}
inline void store(double* p, const Lanes& a) {
  for (int i = 0; i < Lanes::width; ++i) p[i] = a.v[i];
}
inline Lanes broadcast(double a) {
  return each_lane([=](int) { return a; });
}
inline Lanes operator+(const Lanes& a, const Lanes& b) {
  return each_lane([&](int i) { return a.v[i] + b.v[i]; });
}
inline Lanes operator-(const Lanes& a, const Lanes& b) {
  return each_lane([&](int i) { return a.v[i] - b.v[i]; });
}
inline Lanes operator*(const Lanes& a, const Lanes& b) {
  return each_lane([&](int i) { return a.v[i] * b.v[i]; });
}
inline Lanes min(const Lanes& a, const Lanes& b) {
  return each_lane([&](int i) { return a.v[i] < b.v[i] ? a.v[i] : b.v[i]; });
}
inline Lanes max(const Lanes& a, const Lanes& b) {
  return each_lane([&](int i) { return a.v[i] > b.v[i] ? a.v[i] : b.v[i]; });
}
inline Lanes abs(const Lanes& a) {
  return each_lane([&](int i) { return a.v[i] > 0 ? a.v[i] : 0 - a.v[i]; });
}
inline void store_truncated(std::int32_t* p, const Lanes& a) {
  for (int i = 0; i < Lanes::width; ++i) p[i] = static_cast<std::int32_t>(a.v[i]);
}
inline Lanes power_of_two(const Lanes& a) {
  std::uint64_t bits[Lanes::width];
  std::memcpy(bits, a.v, sizeof bits);
  for (std::uint64_t& lane : bits) lane <<= 52;
  Lanes result;
  std::memcpy(result.v, bits, sizeof bits);
  return result;
}
inline Mask less(const Lanes& a, const Lanes& b) {
  Mask mask = 0;
  for (int i = 0; i < Lanes::width; ++i) mask |= static_cast<Mask>(a.v[i] < b.v[i]) << i;
  return mask;
}
inline Lanes one_where_less(const Lanes& a, const Lanes& b) {
  return each_lane([&](int i) { return a.v[i] < b.v[i] ? 1.0 : 0.0; });
}
inline Mask less_equal(const Lanes& a, const Lanes& b) {
  Mask mask = 0;
  for (int i = 0; i < Lanes::width; ++i) mask |= static_cast<Mask>(a.v[i] <= b.v[i]) << i;
  return mask;
}
inline Lanes select(Mask mask, const Lanes& a, const Lanes& b) {
  return each_lane([&](int i) { return mask >> i & 1 ? b.v[i] : a.v[i]; });
}
inline Lanes compress(Mask mask, const Lanes& a) {
  Lanes result = a;
  int n = 0;
  for (int i = 0; i < Lanes::width; ++i) {
    result.v[n] = a.v[i];
    n += mask >> i & 1;
  }
  return result;
}

#endif

inline constexpr Mask all_lanes = (Mask{1} << Lanes::width) - 1;

#if !defined(__AVX512F__)
inline double greatest(const Lanes& a) {
  double lane[Lanes::width];
  store(lane, a);
  double result = lane[0];
  for (int i = 1; i < Lanes::width; ++i) result = lane[i] > result ? lane[i] : result;
  return result;
}
#endif

inline constexpr double infinity = std::numeric_limits<double>::infinity();

// The distance of wrapped values on a periodic axis from the direct one, t = |a - b|, below two periods. Where t is not
// the least, the subtraction that is has no rounding (Sterbenz). An infinite period leaves t as it is, even an infinite
// t: min() gives its second operand where the first is no number.
inline Lanes shortest_way(Lanes t, Lanes period) { return min(min(abs(period - t), (period + period) - t), t); }

inline int count_bits(std::uint64_t word) {
#if defined(__GNUC__)
  return __builtin_popcountll(word);
#else
  int count = 0;
  for (; word != 0; word &= word - 1) ++count;
  return count;
#endif
}

inline int lowest_bit(std::uint64_t word) {
#if defined(__GNUC__)
  return __builtin_ctzll(word);
#else
  return count_bits(~word & (word - 1));
#endif
}

}  // namespace
}  // namespace fastmi::FASTMI_ISA
