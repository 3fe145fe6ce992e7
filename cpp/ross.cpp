#include "ross.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "column.hpp"
#include "digamma.hpp"

namespace fastmi {
namespace {

constexpr std::int64_t samples_worth_a_worker = 2048;

// The samples that are not alone with their label, in the order of the rows.
struct Classes {
  Buffer<std::uint8_t> kept;        // of every row, whether it is one of them
  Buffer<std::int32_t> of;          // the class of each
  std::vector<std::int64_t> sizes;  // of each class

  std::int64_t n_alone() const { return static_cast<std::int64_t>(kept.size() - of.size()); }
};

Classes classes_of(const Column& label) {
  const std::span<const double> sorted = label.sorted();
  constexpr std::int32_t none = -1;
  Buffer<std::int32_t> class_of_row(sorted.size());
  Classes classes;
  for (std::size_t begin = 0, end; begin < sorted.size(); begin = end) {
    end = begin + 1;
    while (end < sorted.size() && sorted[end] == sorted[begin]) ++end;
    const bool alone = end - begin == 1;
    const std::int32_t number = alone ? none : static_cast<std::int32_t>(classes.sizes.size());
    if (!alone) classes.sizes.push_back(static_cast<std::int64_t>(end - begin));
    for (std::size_t rank = begin; rank < end; ++rank) {
      class_of_row[static_cast<std::size_t>(label.order()[rank])] = number;
    }
  }
  classes.kept.reserve(sorted.size());
  classes.of.reserve(sorted.size());
  for (const std::int32_t number : class_of_row) {
    classes.kept.push_back(number != none);
    if (number != none) classes.of.push_back(number);
  }
  return classes;
}

double root(double squared, Precision precision) {
  return precision == Precision::float64 ? std::sqrt(squared) : std::sqrt(static_cast<float>(squared));
}

// The distances of each to its k-th nearest other, from the squares of the values; radius[rows[i]] is that of
// sorted[i].
void kth_distances_by_squares(std::span<const double> sorted, std::span<const std::int64_t> rows, std::int64_t k,
                              Precision precision, Execution& execution, std::span<double> radius) {
  Buffer<double> squared(sorted.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    execution.check();
    const double a = sorted[i];
    for (std::size_t j = 0; j < sorted.size(); ++j) {
      const double b = sorted[j];
      squared[j] = std::max(0.0, (a * a - 2 * (a * b)) + b * b);
    }
    const auto kth = squared.begin() + k;  // itself is among them
    std::nth_element(squared.begin(), kth, squared.end());
    radius[static_cast<std::size_t>(rows[i])] = root(*kth, precision);
  }
}

// Of every row, the distance to its k-th nearest other of the same class, or to the last of a small one.
Buffer<double> radii_within_classes(const Column& c, const Classes& classes, std::int64_t k, Precision precision,
                                    Execution& execution) {
  const std::size_t n = c.order().size();
  std::vector<std::size_t> end(classes.sizes.size());
  for (std::size_t d = 1; d < end.size(); ++d) end[d] = end[d - 1] + static_cast<std::size_t>(classes.sizes[d - 1]);
  Buffer<double> values(n);  // class by class, in order
  Buffer<std::int64_t> rows(n);
  for (std::size_t rank = 0; rank < n; ++rank) {
    const std::int64_t row = c.order()[rank];
    const std::size_t place = end[static_cast<std::size_t>(classes.of[static_cast<std::size_t>(row)])]++;
    values[place] = c.sorted()[rank];
    rows[place] = row;
  }
  Buffer<double> radius(n);
  for (std::size_t d = 0; d < end.size(); ++d) {
    const std::int64_t size = classes.sizes[d];
    const auto begin = end[d] - static_cast<std::size_t>(size);
    const auto own_values = std::span<const double>(values).subspan(begin, static_cast<std::size_t>(size));
    const auto own_rows = std::span<const std::int64_t>(rows).subspan(begin, static_cast<std::size_t>(size));
    const std::int64_t own_k = std::min(k, size - 1);
    if (own_k >= size / 2) {
      kth_distances_by_squares(own_values, own_rows, own_k, precision, execution, radius);
    } else {
      kth_distances(own_values, own_rows, own_k, radius);
    }
  }
  return radius;
}

double ross(const Column& c, const Classes& classes, std::int64_t k, Precision precision, Execution& execution) {
  const std::size_t n = c.order().size();
  if (n == 0) return std::numeric_limits<double>::quiet_NaN();
  Buffer<double> radius = radii_within_classes(c, classes, k, precision, execution);
  for (double& r : radius) r = std::max(r, std::numeric_limits<double>::denorm_min());
  Buffer<std::int64_t> n_closer(n);
  c.count_closer_by_rank(radius, execution, n_closer);

  Buffer<std::int64_t> weight(n + 1, 0);
  weight[n] += static_cast<std::int64_t>(n);
  for (const std::int64_t size : classes.sizes) {
    weight[static_cast<std::size_t>(std::min(k, size - 1))] += size;
    weight[static_cast<std::size_t>(size)] -= size;
  }
  for (const std::int64_t m : n_closer) --weight[static_cast<std::size_t>(m + 1)];
  return digamma_dot(weight) / static_cast<double>(n);
}

}  // namespace

std::vector<double> ross_pairs(const Samples& x, const Samples& labels, std::span<const ColumnPair> pairs,
                               std::int64_t k, Precision precision, Execution& execution) {
  const std::vector<Column> columns = prepare_columns(x, labels, execution);
  const std::int64_t grain = std::max<std::int64_t>(1, samples_worth_a_worker / x.size());
  std::vector<Classes> classes(static_cast<std::size_t>(labels.n_columns()));
  execution.parallel_for(labels.n_columns(), grain, [&](std::int64_t j) {
    classes[static_cast<std::size_t>(j)] = classes_of(columns[static_cast<std::size_t>(x.n_columns() + j)]);
  });
  std::vector<double> results(pairs.size());
  execution.parallel_for(static_cast<std::int64_t>(pairs.size()), grain, [&](std::int64_t task) {
    const auto [i, j] = pairs[static_cast<std::size_t>(task)];
    const Column& c = columns[static_cast<std::size_t>(i)];
    const Classes& d = classes[static_cast<std::size_t>(j)];
    results[static_cast<std::size_t>(task)] =
        d.n_alone() > 0 ? ross(c.select(d.kept), d, k, precision, execution) : ross(c, d, k, precision, execution);
  });
  return results;
}

}  // namespace fastmi
