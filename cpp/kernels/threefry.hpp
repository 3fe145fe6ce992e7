// Threefry-4x32 with 13 rounds: four random words for each counter and key. Only the counter changes from draw to draw,
// so that any draw can be made at any time, by any worker.
//
// J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11 (2011).
// Thirteen rounds pass BigCrush, with one to spare.
#pragma once

#include "words.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

struct ThreefryKey {
  Words word[5];
};

inline ThreefryKey threefry_key(const std::uint32_t (&key)[4]) {
  constexpr std::uint32_t parity = 0x1BD11BDA;
  return {{all_words(key[0]), all_words(key[1]), all_words(key[2]), all_words(key[3]),
           all_words(parity ^ key[0] ^ key[1] ^ key[2] ^ key[3])}};
}

template <int R0, int R1>
inline void mix(Words& a, Words& b, Words& c, Words& d) {
  a = a + b;
  b = rotate_left<R0>(b) ^ a;
  c = c + d;
  d = rotate_left<R1>(d) ^ c;
}

template <int Round>
inline void inject(Words (&x)[4], const ThreefryKey& key) {
  for (int i = 0; i < 4; ++i) x[i] = x[i] + key.word[(Round + i) % 5];
  x[3] = x[3] + all_words(Round);
}

// Puts the random words in the place of the counters.
inline void threefry(const ThreefryKey& key, Words (&x)[4]) {
  inject<0>(x, key);
  mix<10, 26>(x[0], x[1], x[2], x[3]);
  mix<11, 21>(x[0], x[3], x[2], x[1]);
  mix<13, 27>(x[0], x[1], x[2], x[3]);
  mix<23, 5>(x[0], x[3], x[2], x[1]);
  inject<1>(x, key);
  mix<6, 20>(x[0], x[1], x[2], x[3]);
  mix<17, 11>(x[0], x[3], x[2], x[1]);
  mix<25, 10>(x[0], x[1], x[2], x[3]);
  mix<18, 20>(x[0], x[3], x[2], x[1]);
  inject<2>(x, key);
  mix<10, 26>(x[0], x[1], x[2], x[3]);
  mix<11, 21>(x[0], x[3], x[2], x[1]);
  mix<13, 27>(x[0], x[1], x[2], x[3]);
  mix<23, 5>(x[0], x[3], x[2], x[1]);
  inject<3>(x, key);
  mix<6, 20>(x[0], x[1], x[2], x[3]);
}

}  // namespace
}  // namespace fastmi::FASTMI_ISA
