// Phi^-1 by M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37,
// 477 (1988): a ratio of two polynomials in the middle, two more in the root of -log p for the tails.
#include "normal_scores.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "argsort.hpp"

namespace fastmi {
namespace {

constexpr std::int64_t rows_worth_a_worker = 2048;

using Polynomial = std::array<double, 8>;  // the highest power first

struct Ratio {
  Polynomial numerator;
  Polynomial denominator;

  double operator()(double x) const { return at(numerator, x) / at(denominator, x); }

 private:
  static double at(const Polynomial& coefficients, double x) {
    double sum = 0;
    for (const double coefficient : coefficients) sum = sum * x + coefficient;
    return sum;
  }
};

constexpr Ratio middle{{2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
                        13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608},
                       {5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
                        5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0}};
constexpr Ratio tail{
    {7.7454501427834140764e-4, .0227238449892691845833, .24178072517745061177, 1.27045825245236838258,
     3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734},
    {1.05075007164441684324e-9, 5.475938084995344946e-4, .0151986665636164571966, .14810397642748007459,
     .68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0}};
constexpr Ratio far_tail{
    {2.01033439929228813265e-7, 2.71155556874348757815e-5, .0012426609473880784386, .026532189526576123093,
     .29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772},
    {2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
     .0148753612908506148525, .13692988092273580531, .59983220655588793769, 1.0}};

double lower_quantile(double p) {
  const double q = p - 0.5;
  if (q >= -0.425) return q * middle(0.180625 - q * q);
  const double r = std::sqrt(-std::log(p));
  return -(r <= 5 ? tail(r - 1.6) : far_tail(r - 5));
}

// Gives every value score(s, n), where s is twice its rank less one, so that u = s / 2n.
template <class Score>
void rank(std::span<const double> column, const Score& score, std::span<double> scores) {
  std::ranges::fill(scores, std::numeric_limits<double>::quiet_NaN());
  const Sorted sorted = argsort(column, 0);
  const std::size_t n = sorted.rows.size();
  for (std::size_t begin = 0, end = 0; begin < n; begin = end) {
    while (end < n && sorted.values[end] == sorted.values[begin]) ++end;
    const double of_all = score(begin + end, n);  // their first rank is begin + 1, their last one end
    for (std::size_t i = begin; i < end; ++i) scores[static_cast<std::size_t>(sorted.rows[i])] = of_all;
  }
}

template <class Score>
void rank_each(std::span<const double> columns, std::int64_t n, Execution& execution, const Score& score,
               std::span<double> scores) {
  const auto size = static_cast<std::size_t>(n);
  const auto n_columns = static_cast<std::int64_t>(columns.size() / size);
  const std::int64_t grain = std::max<std::int64_t>(1, rows_worth_a_worker / n);
  execution.parallel_for(n_columns, grain, [&](std::int64_t c) {
    const std::size_t first = static_cast<std::size_t>(c) * size;
    rank(columns.subspan(first, size), score, scores.subspan(first, size));
  });
}

double fraction(std::size_t twice, std::size_t n) { return static_cast<double>(twice) / static_cast<double>(2 * n); }

}  // namespace

double normal_quantile(double p) { return p <= 0.5 ? lower_quantile(p) : -lower_quantile(1 - p); }

void uniform_scores(std::span<const double> columns, std::int64_t n, Execution& execution, std::span<double> scores) {
  rank_each(columns, n, execution, &fraction, scores);
}

void normal_scores(std::span<const double> columns, std::int64_t n, Execution& execution, std::span<double> scores) {
  const auto quantile = [](std::size_t twice, std::size_t of) {
    return twice <= of ? lower_quantile(fraction(twice, of)) : -lower_quantile(fraction(2 * of - twice, of));
  };
  rank_each(columns, n, execution, quantile, scores);
}

}  // namespace fastmi
