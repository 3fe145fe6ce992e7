// 512 bits, one for each point of a block of the bitmap index, in registers of the instruction set. As in simd.hpp,
// nothing here may be emitted out of line.
#pragma once

#include "simd.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

inline constexpr int bitset_words = 8;

#if defined(__AVX512F__)

struct Bitset {
  __m512i v;
};
inline Bitset load_bits(const std::uint64_t* p) { return {_mm512_loadu_si512(p)}; }
inline Bitset empty_set() { return {_mm512_setzero_si512()}; }
inline void store_bits(std::uint64_t* p, Bitset a) { _mm512_storeu_si512(p, a.v); }
// a & in & ~out
inline Bitset restrict_to(Bitset a, const std::uint64_t* in, const std::uint64_t* out) {
  return {_mm512_ternarylogic_epi64(a.v, _mm512_loadu_si512(in), _mm512_loadu_si512(out), 0x40)};
}
inline Bitset without(Bitset a, Bitset b) { return {_mm512_andnot_si512(b.v, a.v)}; }
inline bool none(Bitset a) { return _mm512_test_epi64_mask(a.v, a.v) == 0; }

#elif defined(__AVX2__)

struct Bitset {
  __m256i v[2];
};
inline __m256i load_half(const std::uint64_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
inline Bitset load_bits(const std::uint64_t* p) { return {{load_half(p), load_half(p + 4)}}; }
inline Bitset empty_set() { return {{_mm256_setzero_si256(), _mm256_setzero_si256()}}; }
inline void store_bits(std::uint64_t* p, Bitset a) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), a.v[0]);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p + 4), a.v[1]);
}
inline Bitset restrict_to(Bitset a, const std::uint64_t* in, const std::uint64_t* out) {
  return {{_mm256_and_si256(a.v[0], _mm256_andnot_si256(load_half(out), load_half(in))),
           _mm256_and_si256(a.v[1], _mm256_andnot_si256(load_half(out + 4), load_half(in + 4)))}};
}
inline Bitset without(Bitset a, Bitset b) {
  return {{_mm256_andnot_si256(b.v[0], a.v[0]), _mm256_andnot_si256(b.v[1], a.v[1])}};
}
inline bool none(Bitset a) {
  const __m256i any = _mm256_or_si256(a.v[0], a.v[1]);
  return _mm256_testz_si256(any, any);
}

#else  // for the compiler to vectorise

struct Bitset {
  std::uint64_t v[bitset_words];
};
inline Bitset load_bits(const std::uint64_t* p) {
  Bitset a;
  for (int w = 0; w < bitset_words; ++w) a.v[w] = p[w];
  return a;
}
inline Bitset empty_set() { return {}; }
inline void store_bits(std::uint64_t* p, const Bitset& a) {
  for (int w = 0; w < bitset_words; ++w) p[w] = a.v[w];
}
inline Bitset restrict_to(const Bitset& a, const std::uint64_t* in, const std::uint64_t* out) {
  Bitset result;
  for (int w = 0; w < bitset_words; ++w) result.v[w] = a.v[w] & in[w] & ~out[w];
  return result;
}
inline Bitset without(const Bitset& a, const Bitset& b) {
  Bitset result;
  for (int w = 0; w < bitset_words; ++w) result.v[w] = a.v[w] & ~b.v[w];
  return result;
}
inline bool none(const Bitset& a) {
  std::uint64_t any = 0;
  for (int w = 0; w < bitset_words; ++w) any |= a.v[w];
  return any == 0;
}

#endif

}  // namespace
}  // namespace fastmi::FASTMI_ISA
