#include "expected_plugin.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace fastmi {
namespace {

constexpr double max_summed = 256;  // expected others, up to which the binomial distribution is summed
constexpr int table_size = 1024;
constexpr double negligible = 1e-18;
constexpr std::int64_t block_size = 1 << 14;

const std::array<double, table_size>& log_table() {
  static const auto table = [] {
    std::array<double, table_size> log_of{};
    for (int i = 1; i < table_size; ++i) log_of[static_cast<std::size_t>(i)] = std::log(i);
    return log_of;
  }();
  return table;
}

// E log(1 + C) and E log((2 + C) / (1 + C)) for a binomial C.
struct Logs {
  double count;
  double step;
};

// Term by term. Where most of n are expected it begins at the far end, so that no first term underflows.
Logs summed_logs(double p, double n) {
  const auto& log_of = log_table();
  const bool upwards = p <= 0.5;
  const double towards = upwards ? p : 1 - p;
  const double odds = towards / (1 - towards);
  double probability = std::exp(n * std::log1p(-towards));
  Logs sum{0, 0};
  for (double j = 0; j <= n; ++j) {
    const auto c = static_cast<std::size_t>(upwards ? j : n - j);
    sum.count += probability * log_of[c + 1];
    sum.step += probability * (log_of[c + 2] - log_of[c + 1]);
    probability *= (n - j) / (j + 1) * odds;
    if (j > n * towards && probability < negligible) break;
  }
  return sum;
}

// The expansion about the mean up to the sixth central moment, and that of log(1 + 1/y) in inverse factorials.
Logs expanded_logs(double p, double n) {
  const double q = 1 - p;
  const double v = n * p * q;
  const double m = n * p + 1;
  const double moment3 = v * (q - p);
  const double moment4 = v * (1 + 3 * (n - 2) * p * q);
  const double moment5 = v * (q - p) * (1 + (10 * n - 12) * p * q);
  const double moment6 = v * (1 - 30 * p * q * (1 - 4 * p * q) + 5 * v * (5 - 26 * p * q) + 15 * v * v);
  const double r = 1 / m;
  const double r2 = r * r;
  const double count = std::log(m) - v * r2 / 2 + moment3 * r2 * r / 3 - moment4 * r2 * r2 / 4 +
                       moment5 * r2 * r2 * r / 5 - moment6 * r2 * r2 * r2 / 6;
  const double first = 1 / ((n + 1) * p);
  const double second = first / ((n + 2) * p);
  const double third = second / ((n + 3) * p);
  return {count, first - second / 2 - third / 6};
}

}  // namespace

PluginTerms plugin_terms(double p, double n_draws) {
  if (std::isinf(n_draws)) return {-std::log(p), 0, 0};
  const double others = n_draws - 1;
  const Logs logs = others * p <= max_summed ? summed_logs(p, others) : expanded_logs(p, others);
  return {std::log(n_draws) - logs.count, n_draws * (std::log1p(1 / n_draws) - p * logs.step),
          others == 0 ? 1 : std::exp(others * std::log1p(-p))};
}

PluginTerms expected_plugin(std::span<const double> probability, double total, double n_draws, Execution& execution) {
  const auto n = static_cast<std::int64_t>(probability.size());
  std::vector<PluginTerms> sums(static_cast<std::size_t>((n + block_size - 1) / block_size));
  execution.parallel_for(static_cast<std::int64_t>(sums.size()), 1, [&](std::int64_t block) {
    PluginTerms sum{0, 0, 0};
    for (std::int64_t i = block * block_size; i < std::min((block + 1) * block_size, n); ++i) {
      const double p = probability[static_cast<std::size_t>(i)] / total;
      if (p <= 0) continue;
      const PluginTerms terms = plugin_terms(std::min(p, 1.0), n_draws);
      sum.surprise += p * terms.surprise;
      sum.slope += p * terms.slope;
      sum.alone += p * terms.alone;
    }
    sums[static_cast<std::size_t>(block)] = sum;
  });
  PluginTerms all{0, 0, 0};
  for (const PluginTerms& sum : sums) {
    all.surprise += sum.surprise;
    all.slope += sum.slope;
    all.alone += sum.alone;
  }
  return all;
}

}  // namespace fastmi
