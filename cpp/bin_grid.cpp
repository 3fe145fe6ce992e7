// With u = 2^-53 and w the width of a bin, edge b is fl(fl(b * fl(D / n)) + low), D = fl(high - low): it is off
// low + b * (high - low) / n by at most u * max|edge| + 3u * n * w, but for terms in u^2. The bin number
// t = fl(fl(x - low) * fl(n / D)) has four roundings and is off by at most 4u * n. So t and the edges agree about x
// unless t is closer than u * max|edge| / w + 7u * n to an integer.
#include "bin_grid.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fastmi {
namespace {

constexpr double u = std::numeric_limits<double>::epsilon() / 2;
// Between these, none of those roundings is into a subnormal number.
constexpr double narrowest_bin = 0x1p-900;
constexpr double widest_range = 0x1p900;

EqualBins equal_bins(std::span<const double> edges) {
  EqualBins bins{edges.data(),
                 edges.front(),
                 edges.back(),
                 0,
                 std::numeric_limits<double>::infinity(),
                 static_cast<std::int32_t>(edges.size() - 1)};
  const double n = bins.size;
  const double width = (bins.high - bins.low) / n;
  if (width < narrowest_bin || bins.high - bins.low > widest_range) return bins;
  bins.scale = n / (bins.high - bins.low);
  bins.margin = 8 * u * (std::max(std::abs(bins.low), std::abs(bins.high)) / width + n);
  return bins;
}

}  // namespace

BinGrid::BinGrid(const std::vector<std::span<const double>>& edges) {
  for (const std::span<const double> column : edges) {
    columns_.push_back(equal_bins(column));
    n_cells_ *= column.size() - 1;
  }
}

}  // namespace fastmi
