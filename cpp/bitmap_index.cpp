#include "bitmap_index.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <numeric>
#include <utility>

#include "second_greatest.hpp"
#include "select.hpp"

namespace fastmi {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::int64_t points_worth_a_worker = 4096;  // to prepare
constexpr std::int64_t blocks_worth_a_worker = 8;
constexpr std::int64_t lane_multiple = 8;           // what the widest registers hold
constexpr std::int64_t blocks_between_checks = 64;  // of an interrupt
constexpr std::int64_t stretch_growth = 3;
constexpr std::int64_t split_sample = 32;
constexpr std::int64_t bin_sample = 16 * n_bins;

// About `size` of the numbers [begin, end), evenly spaced.
template <class Visit>
void visit_evenly(std::int64_t begin, std::int64_t end, std::int64_t size, const Visit& visit) {
  const std::int64_t n = std::min(size, end - begin);
  for (std::int64_t i = 0; i < n; ++i) visit(begin + i * (end - begin) / n);
}

void set_group_ends(BinEnds& ends) {
  constexpr int size = n_bins / n_bin_groups;
  for (int group = 0; group < n_bin_groups; ++group) ends.of_group[group] = ends.of_bin[(group + 1) * size - 1];
}

// The last value of each bin, from sorted values: of about equal mass, cut between distinct values.
BinEnds bin_ends(std::span<const double> sorted) {
  std::vector<double> ends;
  for (auto begin = sorted.begin(); begin != sorted.end();) {
    const auto bins_left = n_bins - static_cast<std::ptrdiff_t>(ends.size());
    const auto last = begin + (sorted.end() - begin + bins_left - 1) / bins_left - 1;
    ends.push_back(*last);
    begin = std::upper_bound(last, sorted.end(), *last);
  }
  ends.back() = infinity;
  ends.resize(n_bins, infinity);
  BinEnds result;
  std::copy(ends.begin(), ends.end(), result.of_bin);
  set_group_ends(result);
  return result;
}

// Whether most candidates by one side alone are candidates all told: then one traversal can both find the radius and
// count. Else they would be too many, and are better looked for when the radius is known.
bool dominates(const BitmapSide& side, const BitmapSide& other) {
  return side.end_column - side.first_column >= 6 && other.end_column - other.first_column <= 1;
}

}  // namespace

// What a search keeps of the points of a leaf.
struct BitmapIndex::Progress {
  Progress(std::int64_t n_points, std::int64_t k_, std::int64_t n_columns, bool collect)
      : k(k_),
        nearest(static_cast<std::size_t>(n_points * k)),
        ranges(static_cast<std::size_t>(n_points * n_columns)),
        radius_of_ranges(static_cast<std::size_t>(n_points), 0),
        collected(static_cast<std::size_t>(collect ? n_points * max_collected : 0)),
        n_collected(static_cast<std::size_t>(n_points), collect ? 0 : max_collected + 1) {}

  double radius(std::int64_t i) const { return nearest[static_cast<std::size_t>(i * k)]; }

  double greatest_radius() const {
    double greatest = 0;
    for (std::size_t i = 0; i < nearest.size(); i += static_cast<std::size_t>(k)) {
      greatest = std::max(greatest, nearest[i]);
    }
    return greatest;
  }

  // How many others are closer by the side that was collected, or -1 where they were too many.
  std::int64_t count(std::int64_t i) const {
    const std::int64_t n = n_collected[static_cast<std::size_t>(i)];
    if (n > max_collected) return -1;
    if (!(radius(i) > 0)) return 0;
    const auto first = collected.begin() + i * max_collected;
    const std::int64_t itself = 1;
    return std::count_if(first, first + n, [r = radius(i)](double distance) { return distance < r; }) - itself;
  }

  std::int64_t k;
  Buffer<double> nearest;
  Buffer<BinRange> ranges;
  Buffer<double> radius_of_ranges;
  Buffer<double> collected;
  Buffer<std::int64_t> n_collected;
};

BitmapIndex::BitmapIndex(const Samples& x, const Samples& y, Execution& execution) : n_points_(x.size()) {
  std::vector<Source> sources;
  x_ = add_side(x, sources);
  y_ = add_side(y, sources);
  std::vector<Source> linear;
  for (const Source& source : sources) {
    if (!source.axis.periodic()) linear.push_back(source);
  }
  const std::int64_t columns_worth_a_worker = std::max<std::int64_t>(1, points_worth_a_worker / n_points_);
  order_rows(linear, execution);

  points_.resize(static_cast<std::size_t>(n_points_ * n_lanes_), 0);
  execution.parallel_for(static_cast<std::int64_t>(sources.size()), columns_worth_a_worker,
                         [&](std::int64_t s) { gather(sources[static_cast<std::size_t>(s)]); });
  columns_.resize(linear.size());
  for (std::size_t c = 0; c < linear.size(); ++c) columns_[c].lane = linear[c].lane;
  Buffer<std::uint8_t> bin_of(static_cast<std::size_t>(n_columns() * n_points_));
  execution.parallel_for(n_columns(), columns_worth_a_worker, [&](std::int64_t c) {
    cut_into_bins(
        c, std::span(bin_of).subspan(static_cast<std::size_t>(c * n_points_), static_cast<std::size_t>(n_points_)));
  });

  present_.resize(static_cast<std::size_t>(n_blocks() * block_size / 64), 0);
  bitmaps_.resize(static_cast<std::size_t>(n_blocks() * n_columns() * bitmaps_per_column * block_size / 64), 0);
  block_lower_.resize(static_cast<std::size_t>(n_blocks() * n_lanes_));
  block_upper_.resize(static_cast<std::size_t>(n_blocks() * n_lanes_));
  execution.parallel_for(n_blocks(), blocks_worth_a_worker, [&](std::int64_t block) { fill_block(block, bin_of); });
}

// Each side begins with a register of its own.
BitmapSide BitmapIndex::add_side(const Samples& samples, std::vector<Source>& sources) {
  BitmapSide side{};
  const auto n_binned = [&] {
    return std::count_if(sources.begin(), sources.end(), [](const Source& source) { return !source.axis.periodic(); });
  };
  side.first_lane = n_lanes_;
  side.first_column = n_binned();
  for (std::int64_t c = 0; c < samples.n_columns(); ++c) {
    const Axis axis = samples.axes()[static_cast<std::size_t>(c)];
    sources.push_back({samples.column(c), axis, n_lanes_});
    lanes_.push_back(n_lanes_++);
    period_.push_back(axis.periodic() ? axis.period() : infinity);
    side.periodic = side.periodic || axis.periodic();
  }
  n_lanes_ = (n_lanes_ + lane_multiple - 1) / lane_multiple * lane_multiple;
  period_.resize(static_cast<std::size_t>(n_lanes_), infinity);
  side.end_lane = n_lanes_;
  side.end_column = n_binned();
  return side;
}

// Splits at the median, at whole blocks and then at whole leaves, level by level.
void BitmapIndex::order_rows(std::span<const Source> linear, Execution& execution) {
  rows_.resize(static_cast<std::size_t>(n_points_));
  std::iota(rows_.begin(), rows_.end(), 0);
  if (linear.empty()) return;
  std::vector<std::int64_t> cuts{0, n_points_};
  while (static_cast<std::int64_t>(cuts.size()) <= n_leaves()) {
    const auto n_parts = static_cast<std::int64_t>(cuts.size()) - 1;
    std::vector<std::int64_t> finer(2 * cuts.size() - 1);
    execution.parallel_for(n_parts, std::max<std::int64_t>(1, points_worth_a_worker * n_parts / n_points_),
                           [&](std::int64_t task) {
                             const auto t = static_cast<std::size_t>(task);
                             finer[2 * t] = cuts[t];
                             finer[2 * t + 1] = split(linear, cuts[t], cuts[t + 1]);
                           });
    finer.back() = n_points_;
    finer.erase(std::unique(finer.begin(), finer.end()), finer.end());
    cuts = std::move(finer);
  }
}

std::int64_t BitmapIndex::split(std::span<const Source> linear, std::int64_t begin, std::int64_t end) {
  const std::int64_t unit = end - begin > block_size ? block_size : leaf_size;
  if (end - begin <= unit) return begin;
  const std::int64_t middle = begin + ((end - begin) / unit + 1) / 2 * unit;
  const std::span<const double> values = widest(linear, begin, end).values;

  // Keys travel with their rows: sorting stays in one stretch of memory.
  Buffer<Keyed> keyed(static_cast<std::size_t>(end - begin));
  Buffer<Keyed> scratch(keyed.size());
  std::transform(rows_.begin() + begin, rows_.begin() + end, keyed.begin(),
                 [&](std::int64_t row) { return Keyed{values[static_cast<std::size_t>(row)], row}; });
  select(keyed, static_cast<std::size_t>(middle - begin), scratch);
  std::transform(keyed.begin(), keyed.end(), rows_.begin() + begin, [](const Keyed& item) { return item.position; });
  return middle;
}

// A ball is as wide in every column, so the widest column cuts the fewest balls. By a sample, without its tails: a few
// outliers do not make a column wide.
const BitmapIndex::Source& BitmapIndex::widest(std::span<const Source> linear, std::int64_t begin,
                                               std::int64_t end) const {
  const Source* found = nullptr;
  double greatest_width = -1;
  std::vector<double> sample;
  for (const Source& source : linear) {
    sample.clear();
    visit_evenly(begin, end, split_sample, [&](std::int64_t i) {
      sample.push_back(source.values[static_cast<std::size_t>(rows_[static_cast<std::size_t>(i)])]);
    });
    const auto low = sample.begin() + split_sample / 8;
    const auto high = sample.end() - 1 - split_sample / 8;
    std::nth_element(sample.begin(), low, sample.end());
    std::nth_element(low, high, sample.end());
    if (*high - *low > greatest_width) {
      greatest_width = *high - *low;
      found = &source;
    }
  }
  return *found;
}

void BitmapIndex::gather(const Source& source) {
  double* place = points_.data() + source.lane;
  for (const std::int64_t row : rows_) {
    *place = source.values[static_cast<std::size_t>(row)];
    place += n_lanes_;
  }
}

// Bins of about equal mass, by a sample of the column; then their true ends.
void BitmapIndex::cut_into_bins(std::int64_t column, std::span<std::uint8_t> bin_of) {
  BinnedColumn& binned = columns_[static_cast<std::size_t>(column)];
  const double* values = points_.data() + binned.lane;
  std::vector<double> sample;
  visit_evenly(0, n_points_, bin_sample, [&](std::int64_t i) { sample.push_back(values[i * n_lanes_]); });
  std::sort(sample.begin(), sample.end());
  kernels().find_bins(bin_ends(sample), values, n_lanes_, n_points_, bin_of.data());

  std::fill_n(binned.lower.of_bin, n_bins, infinity);
  std::fill_n(binned.upper.of_bin, n_bins, -infinity);
  for (std::int64_t i = 0; i < n_points_; ++i) {
    const double value = values[i * n_lanes_];
    const std::uint8_t bin = bin_of[static_cast<std::size_t>(i)];
    binned.lower.of_bin[bin] = std::min(binned.lower.of_bin[bin], value);
    binned.upper.of_bin[bin] = std::max(binned.upper.of_bin[bin], value);
  }
  for (double& upper : binned.upper.of_bin) upper = upper == -infinity ? infinity : upper;
  set_group_ends(binned.lower);
  set_group_ends(binned.upper);
}

void BitmapIndex::fill_block(std::int64_t block, std::span<const std::uint8_t> bin_of) {
  constexpr std::int64_t words = block_size / 64;
  const std::int64_t begin = block * block_size;
  const std::int64_t end = std::min(n_points_, begin + block_size);
  for (std::int64_t i = 0; i < end - begin; ++i) {
    present_[static_cast<std::size_t>(block * words + i / 64)] |= std::uint64_t{1} << (i % 64);
  }
  double* lower = block_lower_.data() + block * n_lanes_;
  double* upper = block_upper_.data() + block * n_lanes_;
  std::fill_n(lower, n_lanes_, -infinity);
  std::fill_n(upper, n_lanes_, infinity);
  const Box box = bounds(begin, end);
  for (std::int64_t c = 0; c < n_columns(); ++c) {
    const std::int64_t lane = columns_[static_cast<std::size_t>(c)].lane;
    lower[lane] = box.lower[static_cast<std::size_t>(lane)];
    upper[lane] = box.upper[static_cast<std::size_t>(lane)];

    std::uint64_t* bitmap = bitmaps_.data() + (block * n_columns() + c) * bitmaps_per_column * words;
    const std::uint8_t* bins = bin_of.data() + c * n_points_ + begin;
    for (std::int64_t i = 0; i < end - begin; ++i) {
      bitmap[(bins[i] + 1) * words + i / 64] |= std::uint64_t{1} << (i % 64);
    }
    for (std::int64_t w = words; w < bitmaps_per_column * words; ++w) bitmap[w] |= bitmap[w - words];
  }
}

std::int64_t BitmapIndex::size_of_leaf(std::int64_t leaf) const {
  return std::min(leaf_size, n_points_ - leaf * leaf_size);
}

std::size_t BitmapIndex::row(std::int64_t leaf, std::int64_t i) const {
  return static_cast<std::size_t>(rows_[static_cast<std::size_t>(leaf * leaf_size + i)]);
}

BitmapSide BitmapIndex::joint() const { return {0, n_columns(), 0, n_lanes_, x_.periodic || y_.periodic}; }

BitmapView BitmapIndex::view() const {
  return {points_.data(),      n_points_,           n_lanes_,        period_.data(),
          columns_.data(),     n_columns(),         present_.data(), bitmaps_.data(),
          block_lower_.data(), block_upper_.data(), joint()};
}

BitmapIndex::Box BitmapIndex::bounds(std::int64_t begin, std::int64_t end) const {
  const auto n_lanes = static_cast<std::size_t>(n_lanes_);
  Box box{std::vector<double>(n_lanes, infinity), std::vector<double>(n_lanes, -infinity)};
  for (std::int64_t i = begin; i < end; ++i) {
    const double* point = points_.data() + i * n_lanes_;
    for (std::size_t lane = 0; lane < n_lanes; ++lane) {
      box.lower[lane] = std::min(box.lower[lane], point[lane]);
      box.upper[lane] = std::max(box.upper[lane], point[lane]);
    }
  }
  return box;
}

// How close any point of the block can be to any in the box, by one side.
double BitmapIndex::gap(const BitmapSide& side, const Box& box, std::int64_t block) const {
  const double* lower = block_lower_.data() + block * n_lanes_;
  const double* upper = block_upper_.data() + block * n_lanes_;
  double gap = 0;
  for (std::int64_t lane = side.first_lane; lane < side.end_lane; ++lane) {
    const auto l = static_cast<std::size_t>(lane);
    gap = std::max(gap, std::max(lower[lane] - box.upper[l], box.lower[l] - upper[lane]));
  }
  return gap;
}

void BitmapIndex::ksg_counts(std::int64_t k, Execution& execution, std::span<double> radius,
                             std::span<std::int64_t> n_x, std::span<std::int64_t> n_y) const {
  const bool only_x = n_y.empty() && !n_x.empty();
  const bool only_y = n_x.empty() && !n_y.empty();
  if (only_x && dominates(x_, y_)) return kth_distances_and_counts(x_, y_, k, execution, radius, n_x);
  if (only_y && dominates(y_, x_)) return kth_distances_and_counts(y_, x_, k, execution, radius, n_y);
  kth_distances(k, execution, radius);
  if (!n_x.empty()) count_closer(x_, radius, execution, n_x);
  if (!n_y.empty()) count_closer(y_, radius, execution, n_y);
}

void BitmapIndex::kth_distances(std::int64_t k, Execution& execution, std::span<double> radius,
                                std::span<double> before) const {
  execution.parallel_for(n_leaves(), 1, [&](std::int64_t leaf) {
    Progress progress(size_of_leaf(leaf), k, n_columns(), false);
    search(leaf, joint(), {}, execution, progress);
    for (std::int64_t i = 0; i < size_of_leaf(leaf); ++i) {
      radius[row(leaf, i)] = progress.radius(i);
      if (!before.empty())
        before[row(leaf, i)] = second_greatest(&progress.nearest[static_cast<std::size_t>(i * k)], k);
    }
  });
}

void BitmapIndex::kth_distances_and_counts(const BitmapSide& side, const BitmapSide& other, std::int64_t k,
                                           Execution& execution, std::span<double> radius,
                                           std::span<std::int64_t> count) const {
  Buffer<double> radius_left(radius.size(), 0);  // of those whose count is still to be found
  std::atomic<bool> some_left = false;
  execution.parallel_for(n_leaves(), 1, [&](std::int64_t leaf) {
    Progress progress(size_of_leaf(leaf), k, n_columns(), true);
    search(leaf, side, other, execution, progress);
    for (std::int64_t i = 0; i < size_of_leaf(leaf); ++i) {
      radius[row(leaf, i)] = progress.radius(i);
      count[row(leaf, i)] = progress.count(i);
      if (count[row(leaf, i)] >= 0) continue;
      radius_left[row(leaf, i)] = progress.radius(i);
      some_left = true;
    }
  });
  if (!some_left) return;
  Buffer<std::int64_t> count_left(count.size());
  count_closer(side, radius_left, execution, count_left);
  for (std::size_t r = 0; r < count.size(); ++r) count[r] = count[r] < 0 ? count_left[r] : count[r];
}

// Finds the nearest of all points of the leaf, and collects by the side, unless that is for later.
void BitmapIndex::search(std::int64_t leaf, const BitmapSide& side, const BitmapSide& other, Execution& execution,
                         Progress& progress) const {
  const Kernels& kernel = kernels();
  const BitmapView index = view();
  search_own(leaf, progress.k, progress.nearest);

  const Box box = bounds(leaf * leaf_size, leaf * leaf_size + size_of_leaf(leaf));
  const double reach = progress.greatest_radius();
  std::vector<std::pair<double, std::int64_t>> near_first;
  for (std::int64_t block = 0; block < n_blocks(); ++block) {
    const double distance = gap(side, box, block);
    if (distance < reach) near_first.emplace_back(distance, block);
  }
  std::sort(near_first.begin(), near_first.end());
  std::vector<std::int64_t> blocks;
  blocks.reserve(near_first.size());
  for (const auto& [distance, block] : near_first) blocks.push_back(block);
  const auto n_near = static_cast<std::int64_t>(blocks.size());

  // Ranges of bins are found anew for each stretch of blocks, and stretches grow as the radius settles.
  const BitmapSearch search{index,
                            leaf,
                            progress.k,
                            progress.nearest.data(),
                            progress.ranges.data(),
                            progress.radius_of_ranges.data(),
                            side,
                            other,
                            progress.collected.data(),
                            progress.n_collected.data()};
  for (std::int64_t begin = 0, size = 1; begin < n_near; begin += size) {
    execution.check();
    if (!(near_first[static_cast<std::size_t>(begin)].first < progress.greatest_radius())) break;
    size = std::min({std::max<std::int64_t>(stretch_growth * begin, 1), blocks_between_checks, n_near - begin});
    kernel.bitmap_search(search, blocks.data() + begin, size);
  }
}

void BitmapIndex::search_own(std::int64_t leaf, std::int64_t k, std::span<double> nearest) const {
  Buffer<double> points(lanes_.size() * leaf_size + lane_padding, 0);
  std::vector<double> period;
  for (std::size_t c = 0; c < lanes_.size(); ++c) {
    period.push_back(period_[static_cast<std::size_t>(lanes_[c])]);
    const double* values = points_.data() + leaf * leaf_size * n_lanes_ + lanes_[c];
    for (std::int64_t i = 0; i < size_of_leaf(leaf); ++i) {
      points[c * leaf_size + static_cast<std::size_t>(i)] = values[i * n_lanes_];
    }
  }
  const LeafView view{points.data(), leaf_size, period.data(), static_cast<std::int64_t>(lanes_.size()),
                      size_of_leaf(leaf)};
  kernels().leaf_search(view, k, nearest.data());
}

void BitmapIndex::count_closer(const BitmapSide& side, std::span<const double> radius, Execution& execution,
                               std::span<std::int64_t> count) const {
  const Kernels& kernel = kernels();
  const BitmapView index = view();
  execution.parallel_for(n_leaves(), 1, [&](std::int64_t leaf) {
    const std::int64_t n = size_of_leaf(leaf);
    double radius_of[leaf_size];
    std::int64_t count_of[leaf_size];
    for (std::int64_t i = 0; i < n; ++i) {
      radius_of[i] = radius[row(leaf, i)];
      count_of[i] = radius_of[i] > 0 ? -1 : 0;  // itself is not to be counted
    }

    const double reach = *std::max_element(radius_of, radius_of + n);
    const Box box = bounds(leaf * leaf_size, leaf * leaf_size + n);
    std::vector<std::int64_t> blocks;
    for (std::int64_t block = 0; block < n_blocks(); ++block) {
      if (gap(side, box, block) < reach) blocks.push_back(block);
    }
    Buffer<BinRange> ranges(static_cast<std::size_t>(2 * leaf_size * n_columns()));
    const auto n_near = static_cast<std::int64_t>(blocks.size());
    for (std::int64_t begin = 0; begin < n_near; begin += blocks_between_checks) {
      execution.check();
      kernel.bitmap_count(index, side, leaf, blocks.data() + begin, std::min(blocks_between_checks, n_near - begin),
                          ranges.data(), radius_of, count_of);
    }
    for (std::int64_t i = 0; i < n; ++i) count[row(leaf, i)] = count_of[i];
  });
}

}  // namespace fastmi
