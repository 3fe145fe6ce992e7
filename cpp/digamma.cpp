// psi(1) = -gamma and psi(n + 1) = psi(n) + 1 / n, summed in double-double arithmetic (Knuth's two-sum, fma products).
//
// Block b of the table holds psi(n) for 2^b <= n < 2^(b + 1). Blocks are published by one atomic exchange and live for
// ever, so that readers need no lock: threads may call at once, and no fork can leave a lock behind.
#include "digamma.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <memory>
#include <vector>

namespace fastmi {
namespace {

struct DoubleDouble {
  double high;
  double low;

  double value() const { return high + low; }

  void add(double term) {
    const double sum = high + term;
    const double rounded = sum - high;
    low += (high - (sum - rounded)) + (term - rounded);
    high = sum;
  }

  void add_product(double a, double b) {
    const double product = a * b;
    add(product);
    low += std::fma(a, b, -product);
  }

  void add_reciprocal(double n) {
    const double reciprocal = 1.0 / n;
    add(reciprocal);
    low += std::fma(-reciprocal, n, 1.0) / n;
  }
};

constexpr DoubleDouble minus_euler_gamma{-0.57721566490153287, 4.9429151524310085e-18};

struct Block {
  std::vector<double> psi;
  DoubleDouble next;  // psi of the first n after the block
};

std::array<std::atomic<const Block*>, 63> blocks;

const Block& block(int b) {
  if (const Block* present = blocks[static_cast<std::size_t>(b)].load(std::memory_order_acquire)) return *present;

  auto made = std::make_unique<Block>();
  DoubleDouble psi = b == 0 ? minus_euler_gamma : block(b - 1).next;
  const std::int64_t begin = std::int64_t{1} << b;
  made->psi.reserve(static_cast<std::size_t>(begin));
  for (std::int64_t n = begin; n < 2 * begin; ++n) {
    made->psi.push_back(psi.value());
    psi.add_reciprocal(static_cast<double>(n));
  }
  made->next = psi;

  const Block* expected = nullptr;
  if (blocks[static_cast<std::size_t>(b)].compare_exchange_strong(expected, made.get(), std::memory_order_acq_rel)) {
    return *made.release();
  }
  return *expected;
}

}  // namespace

double digamma(std::int64_t n) {
  const int b = 63 - std::countl_zero(static_cast<std::uint64_t>(n));
  return block(b).psi[static_cast<std::size_t>(n - (std::int64_t{1} << b))];
}

double digamma_dot(std::span<const std::int64_t> weight) {
  DoubleDouble sum{0.0, 0.0};
  for (std::size_t n = 1; n < weight.size(); ++n) {
    if (weight[n] != 0) sum.add_product(static_cast<double>(weight[n]), digamma(static_cast<std::int64_t>(n)));
  }
  return sum.value();
}

}  // namespace fastmi
