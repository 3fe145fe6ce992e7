#include "shuffle.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace fastmi {
namespace {

constexpr std::int64_t rows_worth_a_worker = 16384;

class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t word = state_ += 0x9E3779B97F4A7C15;
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9;
    word = (word ^ word >> 27) * 0x94D049BB133111EB;
    return word ^ word >> 31;
  }

  // A number below `bound` < 2^32: the upper 64 bits of the product of a word and the bound.
  std::uint64_t below(std::uint64_t bound) {
    const std::uint64_t word = next();
    return ((word >> 32) * bound + ((word & 0xFFFFFFFF) * bound >> 32)) >> 32;
  }

 private:
  std::uint64_t state_;
};

}  // namespace

Buffer<std::int64_t> shuffles(std::span<const std::uint64_t> seeds, std::int64_t n, Execution& execution) {
  Buffer<std::int64_t> rows(seeds.size() * static_cast<std::size_t>(n));
  const std::int64_t grain = std::max<std::int64_t>(1, rows_worth_a_worker / n);
  execution.parallel_for(static_cast<std::int64_t>(seeds.size()), grain, [&](std::int64_t p) {
    SplitMix64 random(seeds[static_cast<std::size_t>(p)]);
    std::int64_t* order = rows.data() + p * n;
    std::iota(order, order + n, 0);
    for (std::int64_t i = n - 1; i > 0; --i) {
      std::swap(order[i], order[random.below(static_cast<std::uint64_t>(i + 1))]);
    }
  });
  return rows;
}

}  // namespace fastmi
