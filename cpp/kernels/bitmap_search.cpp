// Neighbours by bitmaps. Of each block of points, the candidates for a query are found column by column as sets of 512
// bits: those whose bin may hold values within the radius. What is left is looked at exactly.
#include "bitset.hpp"
#include "kernels.hpp"
#include "nearest.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

constexpr Mask all_lanes = (Mask{1} << Lanes::width) - 1;
constexpr int group_size = n_bins / n_bin_groups;
constexpr std::int64_t worth_splitting = 32;

// Consecutive points that ask together, so that the bitmaps of a block are used many times while they are in the cache.
struct Leaf {
  const BitmapView& view;
  std::int64_t begin;
  std::int64_t size;

  Leaf(const BitmapView& in, std::int64_t leaf) : view(in), begin(leaf * leaf_size), size(in.n_points - begin) {
    if (size > leaf_size) size = leaf_size;
  }
  const double* query(std::int64_t i) const { return view.points + (begin + i) * view.n_lanes; }
};

// Of eight ascending values, how many lie less than the radius above x (side 1), or below it (side -1).
template <int side>
inline int count_closer(const double* values, Lanes x, Lanes radius) {
  int count = 0;
  for (int i = 0; i < group_size; i += Lanes::width) {
    const Lanes value = load(values + i);
    count += count_bits(less(side > 0 ? value - x : x - value, radius));
  }
  return count;
}

// Of the ascending ends of all bins, how many come before the first that is not closer above x (side 1), or before the
// first that is closer below x (side -1): first among the last ends of the groups, then in the group that says.
template <int side>
inline std::uint8_t boundary(const BinEnds& ends, Lanes x, Lanes radius) {
  const int closer_groups = count_closer<side>(ends.of_group, x, radius);
  int group = side > 0 ? closer_groups : n_bin_groups - closer_groups;
  if (group == n_bin_groups) --group;
  const int closer = count_closer<side>(ends.of_bin + group * group_size, x, radius);
  return static_cast<std::uint8_t>(group * group_size + (side > 0 ? closer : group_size - closer));
}

// The bins that may hold values closer to x than the radius.
inline BinRange touched(const BinnedColumn& column, Lanes x, Lanes radius) {
  return {boundary<-1>(column.upper, x, radius), boundary<1>(column.lower, x, radius)};
}

// The bins that hold nothing else.
inline BinRange contained(const BinnedColumn& column, Lanes x, Lanes radius) {
  return {boundary<-1>(column.lower, x, radius), boundary<1>(column.upper, x, radius)};
}

template <class Bins>
inline void find_ranges(const BitmapView& view, const BitmapSide& side, const double* query, double radius,
                        const Bins& bins, BinRange* range) {
  for (std::int64_t c = side.first_column; c < side.end_column; ++c) {
    const BinnedColumn& column = view.columns[c];
    range[c] = bins(column, broadcast(query[column.lane]), broadcast(radius));
  }
}

// The points of the block whose bins are in the range in every column.
inline Bitset points_in(const BitmapView& view, const BitmapSide& side, const BinRange* range, std::int64_t block) {
  Bitset points = load_bits(view.present + block * bitset_words);
  const std::uint64_t* bitmap =
      view.bitmaps + (block * view.n_columns + side.first_column) * bitmaps_per_column * bitset_words;
  for (std::int64_t c = side.first_column; c < side.end_column; ++c) {
    points = restrict_to(points, bitmap + range[c].end * bitset_words, bitmap + range[c].begin * bitset_words);
    bitmap += bitmaps_per_column * bitset_words;
  }
  return points;
}

inline bool near_block(const BitmapView& view, const BitmapSide& side, const double* query, double radius,
                       std::int64_t block) {
  const double* lower = view.block_lower + block * view.n_lanes;
  const double* upper = view.block_upper + block * view.n_lanes;
  for (std::int64_t lane = side.first_lane; lane < side.end_lane; lane += Lanes::width) {
    const Lanes q = load(query + lane);
    const Lanes distance = max(load(lower + lane) - q, q - load(upper + lane));
    if (less(distance, broadcast(radius)) != all_lanes) return false;
  }
  return true;
}

template <bool periodic>
inline Lanes distance_in(const BitmapView& view, const double* query, const double* point, std::int64_t lane) {
  const Lanes direct = abs(load(query + lane) - load(point + lane));
  return periodic ? shortest_way(direct, load(view.period + lane)) : direct;
}

// Lanes without a column hold 0 in every point.
template <bool periodic>
inline bool is_closer(const BitmapView& view, const BitmapSide& side, const double* query, const double* point,
                      double radius) {
  const Lanes limit = broadcast(radius);
  for (std::int64_t lane = side.first_lane; lane < side.end_lane; lane += Lanes::width) {
    if (less(distance_in<periodic>(view, query, point, lane), limit) != all_lanes) return false;
  }
  return true;
}

template <bool periodic>
double distance_of(const BitmapView& view, const double* query, const double* point) {
  Lanes farthest = broadcast(0.0);
  for (std::int64_t lane = 0; lane < view.n_lanes; lane += Lanes::width) {
    farthest = max(farthest, distance_in<periodic>(view, query, point, lane));
  }
  double in_lane[Lanes::width];
  store(in_lane, farthest);
  double distance = 0;
  for (const double d : in_lane) distance = d > distance ? d : distance;
  return distance;
}

// Calls visit(point) for every point of the block that is in the set.
template <class Visit>
inline void for_each(const BitmapView& view, const std::uint64_t* set, std::int64_t block, const Visit& visit) {
  for (int w = 0; w < bitset_words; ++w) {
    const double* points = view.points + (block * block_size + w * 64) * view.n_lanes;
    for (std::uint64_t word = set[w]; word != 0; word &= word - 1) visit(points + lowest_bit(word) * view.n_lanes);
  }
}

template <bool periodic>
void search_block(const BitmapView& view, const double* query, const BinRange* range, std::int64_t block,
                  std::int64_t leaf, std::int64_t k, double* nearest) {
  const Bitset candidates = points_in(view, view.joint, range, block);
  if (none(candidates)) return;
  std::uint64_t set[bitset_words];
  store_bits(set, candidates);
  if (leaf / (block_size / leaf_size) == block) {  // its own leaf a query knows already
    std::uint64_t* own = set + leaf % (block_size / leaf_size) * (leaf_size / 64);
    for (std::int64_t w = 0; w < leaf_size / 64; ++w) own[w] = 0;
  }
  for_each(view, set, block, [&](const double* point) {
    if (is_closer<periodic>(view, view.joint, query, point, nearest[0])) {
      improve(nearest, k, distance_of<periodic>(view, query, point));
    }
  });
}

template <bool periodic>
void search(const BitmapView& view, std::int64_t leaf, const std::int64_t* blocks, std::int64_t n_blocks,
            BinRange* ranges, std::int64_t k, double* nearest) {
  const Leaf points(view, leaf);
  for (std::int64_t i = 0; i < points.size; ++i) {
    const double radius = nearest[i * k];
    if (radius > 0) find_ranges(view, view.joint, points.query(i), radius, touched, ranges + i * view.n_columns);
  }
  for (std::int64_t b = 0; b < n_blocks; ++b) {
    for (std::int64_t i = 0; i < points.size; ++i) {
      const double radius = nearest[i * k];
      if (!(radius > 0) || !near_block(view, view.joint, points.query(i), radius, blocks[b])) continue;
      search_block<periodic>(view, points.query(i), ranges + i * view.n_columns, blocks[b], leaf, k, nearest + i * k);
    }
  }
}

inline std::int64_t size_of(const std::uint64_t* set) {
  std::int64_t size = 0;
  for (int w = 0; w < bitset_words; ++w) size += count_bits(set[w]);
  return size;
}

template <bool periodic>
std::int64_t count_in_block(const BitmapView& view, const BitmapSide& side, const double* query, double radius,
                            const BinRange* outer, const BinRange* inner, std::int64_t block) {
  const Bitset candidates = points_in(view, side, outer, block);
  if (none(candidates)) return 0;
  std::uint64_t set[bitset_words];
  store_bits(set, candidates);
  std::int64_t count = 0;
  // Where they are many, most lie in bins that are inside as a whole. (Of periodic columns there are no bins.)
  if (!periodic && size_of(set) > worth_splitting) {
    std::uint64_t inside[bitset_words];
    store_bits(inside, points_in(view, side, inner, block));
    count = size_of(inside);
    for (int w = 0; w < bitset_words; ++w) set[w] &= ~inside[w];
  }
  for_each(view, set, block,
           [&](const double* point) { count += is_closer<periodic>(view, side, query, point, radius); });
  return count;
}

template <bool periodic>
void count(const BitmapView& view, const BitmapSide& side, std::int64_t leaf, const std::int64_t* blocks,
           std::int64_t n_blocks, BinRange* ranges, const double* radius, std::int64_t* count_of) {
  const Leaf points(view, leaf);
  BinRange* outer = ranges;
  BinRange* inner = ranges + leaf_size * view.n_columns;
  for (std::int64_t i = 0; i < points.size; ++i) {
    if (!(radius[i] > 0)) continue;
    find_ranges(view, side, points.query(i), radius[i], touched, outer + i * view.n_columns);
    if (!periodic) find_ranges(view, side, points.query(i), radius[i], contained, inner + i * view.n_columns);
  }
  for (std::int64_t b = 0; b < n_blocks; ++b) {
    for (std::int64_t i = 0; i < points.size; ++i) {
      if (!(radius[i] > 0) || !near_block(view, side, points.query(i), radius[i], blocks[b])) continue;
      count_of[i] += count_in_block<periodic>(view, side, points.query(i), radius[i], outer + i * view.n_columns,
                                              inner + i * view.n_columns, blocks[b]);
    }
  }
}

}  // namespace

void bitmap_search(const BitmapView& view, std::int64_t leaf, const std::int64_t* blocks, std::int64_t n_blocks,
                   BinRange* ranges, std::int64_t k, double* nearest) {
  const auto run = view.joint.periodic ? search<true> : search<false>;
  run(view, leaf, blocks, n_blocks, ranges, k, nearest);
}

void bitmap_count(const BitmapView& view, const BitmapSide& side, std::int64_t leaf, const std::int64_t* blocks,
                  std::int64_t n_blocks, BinRange* ranges, const double* radius, std::int64_t* count_of) {
  const auto run = side.periodic ? count<true> : count<false>;
  run(view, side, leaf, blocks, n_blocks, ranges, radius, count_of);
}

}  // namespace fastmi::FASTMI_ISA
