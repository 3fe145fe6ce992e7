// Sixteen 32-bit words side by side, for integer kernels. The rules of simd.hpp hold here too.
#pragma once

#include <cstdint>

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#endif

namespace fastmi::FASTMI_ISA {
namespace {

inline constexpr int n_words = 16;

#if defined(__AVX512F__)

struct Words {
  __m512i v;
};
inline Words load_words(const std::uint32_t* p) { return {_mm512_loadu_si512(p)}; }
inline void store_words(std::uint32_t* p, Words a) { _mm512_storeu_si512(p, a.v); }
inline Words all_words(std::uint32_t a) { return {_mm512_set1_epi32(static_cast<int>(a))}; }
inline Words operator+(Words a, Words b) { return {_mm512_add_epi32(a.v, b.v)}; }
inline Words operator*(Words a, Words b) { return {_mm512_mullo_epi32(a.v, b.v)}; }
inline Words operator^(Words a, Words b) { return {_mm512_xor_si512(a.v, b.v)}; }
inline Words operator|(Words a, Words b) { return {_mm512_or_si512(a.v, b.v)}; }
inline Words operator&(Words a, Words b) { return {_mm512_and_si512(a.v, b.v)}; }
inline Words min(Words a, Words b) { return {_mm512_min_epu32(a.v, b.v)}; }
template <int Bits>
inline Words rotate_left(Words a) {
  return {_mm512_rol_epi32(a.v, Bits)};
}
// then where a < b, otherwise elsewhere.
inline Words if_less(Words a, Words b, Words then, Words otherwise) {
  return {_mm512_mask_blend_epi32(_mm512_cmplt_epu32_mask(a.v, b.v), otherwise.v, then.v)};
}
// table[index] of each word, all below 16.
inline Words lookup(Words table, Words index) { return {_mm512_permutexvar_epi32(index.v, table.v)}; }
inline Words gather(const std::uint32_t* table, Words index) { return {_mm512_i32gather_epi32(index.v, table, 4)}; }

#elif defined(__AVX2__)

struct Words {
  __m256i low, high;
};
inline Words load_words(const std::uint32_t* p) {
  const auto* half = reinterpret_cast<const __m256i*>(p);
  return {_mm256_loadu_si256(half), _mm256_loadu_si256(half + 1)};
}
inline void store_words(std::uint32_t* p, Words a) {
  auto* half = reinterpret_cast<__m256i*>(p);
  _mm256_storeu_si256(half, a.low);
  _mm256_storeu_si256(half + 1, a.high);
}
inline Words all_words(std::uint32_t a) {
  const __m256i same = _mm256_set1_epi32(static_cast<int>(a));
  return {same, same};
}
inline Words operator+(Words a, Words b) { return {_mm256_add_epi32(a.low, b.low), _mm256_add_epi32(a.high, b.high)}; }
inline Words operator*(Words a, Words b) {
  return {_mm256_mullo_epi32(a.low, b.low), _mm256_mullo_epi32(a.high, b.high)};
}
inline Words operator^(Words a, Words b) { return {_mm256_xor_si256(a.low, b.low), _mm256_xor_si256(a.high, b.high)}; }
inline Words operator|(Words a, Words b) { return {_mm256_or_si256(a.low, b.low), _mm256_or_si256(a.high, b.high)}; }
inline Words operator&(Words a, Words b) { return {_mm256_and_si256(a.low, b.low), _mm256_and_si256(a.high, b.high)}; }
inline Words min(Words a, Words b) { return {_mm256_min_epu32(a.low, b.low), _mm256_min_epu32(a.high, b.high)}; }
template <int Bits>
inline __m256i rotate_left(__m256i a) {
  return _mm256_or_si256(_mm256_slli_epi32(a, Bits), _mm256_srli_epi32(a, 32 - Bits));
}
template <int Bits>
inline Words rotate_left(Words a) {
  return {rotate_left<Bits>(a.low), rotate_left<Bits>(a.high)};
}
inline __m256i if_less(__m256i a, __m256i b, __m256i then, __m256i otherwise) {
  const __m256i at_least = _mm256_cmpeq_epi32(_mm256_max_epu32(a, b), a);
  return _mm256_blendv_epi8(then, otherwise, at_least);
}
inline Words if_less(Words a, Words b, Words then, Words otherwise) {
  return {if_less(a.low, b.low, then.low, otherwise.low), if_less(a.high, b.high, then.high, otherwise.high)};
}
// The permutation looks at the three lowest bits of an index; the fourth, moved to the sign, chooses the half.
inline __m256i lookup(Words table, __m256i index) {
  const __m256 from_low = _mm256_castsi256_ps(_mm256_permutevar8x32_epi32(table.low, index));
  const __m256 from_high = _mm256_castsi256_ps(_mm256_permutevar8x32_epi32(table.high, index));
  return _mm256_castps_si256(_mm256_blendv_ps(from_low, from_high, _mm256_castsi256_ps(_mm256_slli_epi32(index, 28))));
}
inline Words lookup(Words table, Words index) { return {lookup(table, index.low), lookup(table, index.high)}; }
inline Words gather(const std::uint32_t* table, Words index) {
  const auto* base = reinterpret_cast<const int*>(table);
  return {_mm256_i32gather_epi32(base, index.low, 4), _mm256_i32gather_epi32(base, index.high, 4)};
}

#else  // plain C++, for the compiler to vectorise

struct Words {
  std::uint32_t v[n_words];
};
template <class Function>
inline Words each_word(const Function& function) {
  Words result;
  for (int i = 0; i < n_words; ++i) result.v[i] = function(i);
  return result;
}
inline Words load_words(const std::uint32_t* p) {
  return each_word([=](int i) { return p[i]; });
}
inline void store_words(std::uint32_t* p, const Words& a) {
  for (int i = 0; i < n_words; ++i) p[i] = a.v[i];
}
inline Words all_words(std::uint32_t a) {
  return each_word([=](int) { return a; });
}
inline Words operator+(const Words& a, const Words& b) {
  return each_word([&](int i) { return a.v[i] + b.v[i]; });
}
inline Words operator*(const Words& a, const Words& b) {
  return each_word([&](int i) { return a.v[i] * b.v[i]; });
}
inline Words operator^(const Words& a, const Words& b) {
  return each_word([&](int i) { return a.v[i] ^ b.v[i]; });
}
inline Words operator|(const Words& a, const Words& b) {
  return each_word([&](int i) { return a.v[i] | b.v[i]; });
}
inline Words operator&(const Words& a, const Words& b) {
  return each_word([&](int i) { return a.v[i] & b.v[i]; });
}
inline Words min(const Words& a, const Words& b) {
  return each_word([&](int i) { return a.v[i] < b.v[i] ? a.v[i] : b.v[i]; });
}
template <int Bits>
inline Words rotate_left(const Words& a) {
  return each_word([&](int i) { return a.v[i] << Bits | a.v[i] >> (32 - Bits); });
}
inline Words if_less(const Words& a, const Words& b, const Words& then, const Words& otherwise) {
  return each_word([&](int i) { return a.v[i] < b.v[i] ? then.v[i] : otherwise.v[i]; });
}
inline Words lookup(const Words& table, const Words& index) {
  return each_word([&](int i) { return table.v[index.v[i]]; });
}
inline Words gather(const std::uint32_t* table, const Words& index) {
  return each_word([&](int i) { return table[index.v[i]]; });
}

#endif

inline Words iota_words() {
  constexpr std::uint32_t iota[n_words] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return load_words(iota);
}

}  // namespace
}  // namespace fastmi::FASTMI_ISA
