#include "normal_mixture.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace fastmi {
namespace {

constexpr std::int64_t terms_worth_a_worker = 4096;

// Beyond it Phi is 0 or 1, within the rounding of 1.
constexpr double reach = 8.3;

double phi(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

}  // namespace

Buffer<double> normal_mixture_cdf(std::span<const double> centres, double h, std::span<const double> x,
                                  Execution& execution) {
  const double inverse_h = 1 / h;
  const auto n = static_cast<std::int64_t>(centres.size());
  Buffer<double> cdf(x.size());
  const std::int64_t grain = std::max<std::int64_t>(1, terms_worth_a_worker / n);
  execution.parallel_for(static_cast<std::int64_t>(x.size()), grain, [&](std::int64_t i) {
    const double point = x[static_cast<std::size_t>(i)];
    const auto z = [=](double centre) { return (point - centre) * inverse_h; };
    const auto near = std::ranges::partition_point(centres, [&](double c) { return z(c) > reach; });
    const auto far = std::partition_point(near, centres.end(), [&](double c) { return z(c) >= -reach; });
    auto sum = static_cast<double>(near - centres.begin());
    for (auto c = near; c != far; ++c) sum += phi(z(*c));
    cdf[static_cast<std::size_t>(i)] = sum / static_cast<double>(n);
  });
  return cdf;
}

}  // namespace fastmi
