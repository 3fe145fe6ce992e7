// What building a k-d tree does with records of samples, and with the values of a column.
#include "kernels.hpp"
#include "simd.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

inline Mask first_lanes(std::int64_t n) { return n < Lanes::width ? (Mask{1} << n) - 1 : all_lanes; }

// `known` is the size of a record where the compiler may know it, or 0. No branch depends on a key.
template <std::int64_t known, bool ties>
void share(const double* record, const double* keys, std::int64_t n, std::int64_t record_size, double middle,
           std::int64_t n_equal, double* left, double* right) {
  const std::int64_t size = known > 0 ? known : record_size;
  for (std::int64_t i = 0; i < n; ++i, record += size) {
    bool goes_left = keys[i] < middle;
    if (ties) {
      const bool equal = keys[i] == middle;
      goes_left |= equal & (n_equal > 0);
      n_equal -= equal;
    }
    const std::ptrdiff_t taken = size & -static_cast<std::ptrdiff_t>(goes_left);
    double* to = right + ((left - right) & -static_cast<std::ptrdiff_t>(goes_left));
    std::memcpy(to, record, static_cast<std::size_t>(size) * sizeof(double));
    left += taken;
    right += size - taken;
  }
}

template <std::int64_t known>
void share(const double* records, const double* keys, std::int64_t n, std::int64_t size, double middle,
           std::int64_t n_equal, double* left, double* right) {
  const auto by_ties = n_equal > 0 ? share<known, true> : share<known, false>;
  by_ties(records, keys, n, size, middle, n_equal, left, right);
}

}  // namespace

void find_ranges(const double* records, std::int64_t n, std::int64_t size, double* least, double* greatest) {
  for (std::int64_t c = 0; c < size; c += Lanes::width) {
    Lanes lower = load(records + c);
    Lanes upper = lower;
    // By twos, so that the processor need not wait for each comparison to begin the next.
    for (const double* record = records + n % 2 * size + c; record < records + n * size; record += 2 * size) {
      lower = min(lower, min(load(record), load(record + size)));
      upper = max(upper, max(load(record), load(record + size)));
    }
    store(least + c, lower);
    store(greatest + c, upper);
  }
}

std::int64_t keep_between(const double* values, std::int64_t n, double lower, double upper, double* kept,
                          std::int64_t* n_less) {
  std::int64_t n_kept = 0;
  std::int64_t n_before = 0;
  const auto keep = [&](std::int64_t i, Mask present) {
    const Lanes value = load(values + i);
    const Mask before = less(value, broadcast(lower)) & present;
    const Mask inside = less_equal(value, broadcast(upper)) & present & ~before;
    store(kept + n_kept, compress(inside, value));
    n_kept += count_bits(inside);
    n_before += count_bits(before);
  };
  std::int64_t i = 0;
  for (; i + Lanes::width <= n; i += Lanes::width) keep(i, all_lanes);
  keep(i, first_lanes(n - i));
  *n_less = n_before;
  return n_kept;
}

// Whatever has no more than `rank` before it comes no later than the one sought, which so is the greatest of those.
double kth_of_few(const double* values, std::int64_t n, std::int64_t rank, std::int64_t* n_less) {
  Lanes found = broadcast(-infinity);
  Lanes before_found = broadcast(0);
  for (std::int64_t i = 0; i < n; i += Lanes::width) {
    const Lanes candidate = load(values + i);
    Lanes before = broadcast(0);
    for (std::int64_t j = 0; j < n; ++j) before = before + one_where_less(broadcast(values[j]), candidate);
    const Mask fits = less_equal(before, broadcast(static_cast<double>(rank))) & first_lanes(n - i);
    found = max(found, select(fits, broadcast(-infinity), candidate));
    before_found = max(before_found, select(fits, broadcast(0), before));
  }
  *n_less = static_cast<std::int64_t>(greatest(before_found));
  return greatest(found);
}

void share_out(const double* records, const double* keys, std::int64_t n, std::int64_t size, double middle,
               std::int64_t n_equal, double* left, double* right) {
  const auto by_size = size == 4 ? share<4> : size == 8 ? share<8> : share<0>;
  by_size(records, keys, n, size, middle, n_equal, left, right);
}

}  // namespace fastmi::FASTMI_ISA
