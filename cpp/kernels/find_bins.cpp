// The bins that values lie in.
#include "bitset.hpp"
#include "kernels.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

constexpr int group_size = n_bins / n_bin_groups;

// Of eight ascending ends, how many come before the value.
inline int count_before(const double* ends, Lanes value) {
  int count = 0;
  for (int i = 0; i < group_size; i += Lanes::width) count += count_bits(less(load(ends + i), value));
  return count;
}

}  // namespace

void find_bins(const BinEnds& upper, const double* values, std::int64_t stride, std::int64_t n, std::uint8_t* bin) {
  for (std::int64_t i = 0; i < n; ++i) {
    const Lanes value = broadcast(values[i * stride]);
    const int group = count_before(upper.of_group, value);
    const int in_group = count_before(upper.of_bin + group * group_size, value);
    bin[i] = static_cast<std::uint8_t>(group * group_size + in_group);
  }
}

}  // namespace fastmi::FASTMI_ISA
