// Neighbours by bitmaps. Of each block of points, the candidates for a query are found column by column as sets of 512
// bits: those whose bin may hold values within the radius. What is left is looked at exactly.
#include "bitset.hpp"
#include "kernels.hpp"
#include "nearest.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

constexpr int group_size = n_bins / n_bin_groups;
constexpr std::int64_t worth_splitting = 12;
constexpr std::int64_t batch_size = 16;

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
inline std::uint16_t boundary(const BinEnds& ends, Lanes x, Lanes radius) {
  const int closer_groups = count_closer<side>(ends.of_group, x, radius);
  int group = side > 0 ? closer_groups : n_bin_groups - closer_groups;
  if (group == n_bin_groups) --group;
  const int closer = count_closer<side>(ends.of_bin + group * group_size, x, radius);
  const int bin = group * group_size + (side > 0 ? closer : group_size - closer);
  return static_cast<std::uint16_t>(bin * bitset_words);
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
    points = restrict_to(points, bitmap + range[c].end, bitmap + range[c].begin);
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

inline void prefetch(const double* point, const BitmapSide& side) {
#if defined(__GNUC__)
  for (std::int64_t lane = side.first_lane; lane < side.end_lane; lane += 8) __builtin_prefetch(point + lane);
#endif
}

template <bool periodic>
inline Lanes distance_in(const BitmapView& view, const double* query, const double* point, std::int64_t lane) {
  const Lanes direct = abs(load(query + lane) - load(point + lane));
  return periodic ? shortest_way(direct, load(view.period + lane)) : direct;
}

// The greatest distances in any register of the side. Lanes without a column hold 0 in every point.
template <bool periodic>
inline Lanes distances(const BitmapView& view, const BitmapSide& side, const double* query, const double* point) {
  Lanes farthest = broadcast(0.0);
  for (std::int64_t lane = side.first_lane; lane < side.end_lane; lane += Lanes::width) {
    farthest = max(farthest, distance_in<periodic>(view, query, point, lane));
  }
  return farthest;
}

inline bool all_less(Lanes distance, double radius) { return less(distance, broadcast(radius)) == all_lanes; }

// Calls visit(i) for every point i of the block that is in the set.
template <class Visit>
inline void for_each(Bitset set, std::int64_t block, const Visit& visit) {
  std::uint64_t words[bitset_words];
  store_bits(words, set);
  for (int w = 0; w < bitset_words; ++w) {
    const std::int64_t first = block * block_size + w * 64;
    for (std::uint64_t word = words[w]; word != 0; word &= word - 1) visit(first + lowest_bit(word));
  }
}

// One point on its way to its nearest others.
template <bool periodic>
struct Query {
  const BitmapSearch& search;
  std::int64_t index;
  const double* point;
  const BinRange* range;
  double* nearest;
  std::int64_t& n_collected;

  Query(const BitmapSearch& in, const Leaf& leaf, std::int64_t i)
      : search(in),
        index(i),
        point(leaf.query(i)),
        range(in.ranges + i * in.view.n_columns),
        nearest(in.nearest + i * in.k),
        n_collected(in.n_collected[i]) {}

  double radius() const { return nearest[0]; }
  bool collects() const { return n_collected <= max_collected; }
  bool in_own_leaf(std::int64_t i) const { return i / leaf_size == search.leaf; }

  // Those of the block, on their way into the cache.
  Bitset candidates(std::int64_t block) const {
    const BitmapView& view = search.view;
    const BitmapSide& side = collects() ? search.collecting : view.joint;
    if (!(radius() > 0) || !near_block(view, side, point, radius(), block)) return empty_set();
    const Bitset found = points_in(view, side, range, block);
    if (!none(found)) {
      for_each(found, block, [&](std::int64_t i) { prefetch(view.points + i * view.n_lanes, side); });
    }
    return found;
  }

  void visit(std::int64_t block, Bitset candidates) {
    for_each(candidates, block, [&](std::int64_t i) { visit_point(i, search.view.points + i * search.view.n_lanes); });
  }

  void visit_point(std::int64_t i, const double* candidate) {
    const BitmapView& view = search.view;
    if (!collects()) {
      const Lanes distance = distances<periodic>(view, view.joint, point, candidate);
      if (all_less(distance, radius()) && !in_own_leaf(i)) insert_in_heap(nearest, search.k, greatest(distance));
      return;
    }
    const Lanes distance = distances<periodic>(view, search.collecting, point, candidate);
    if (!all_less(distance, radius())) return;
    if (n_collected < max_collected) search.collected[index * max_collected + n_collected] = greatest(distance);
    ++n_collected;
    if (in_own_leaf(i)) return;
    const Lanes joint = max(distance, distances<periodic>(view, search.other, point, candidate));
    if (all_less(joint, radius())) insert_in_heap(nearest, search.k, greatest(joint));
  }
};

template <bool periodic>
void run(const BitmapSearch& search, const std::int64_t* blocks, std::int64_t n_blocks) {
  const BitmapView& view = search.view;
  const Leaf points(view, search.leaf);
  for (std::int64_t i = 0; i < points.size; ++i) {
    const double radius = search.nearest[i * search.k];
    if (!(radius > 0) || radius == search.radius_of_ranges[i]) continue;
    find_ranges(view, view.joint, points.query(i), radius, touched, search.ranges + i * view.n_columns);
    search.radius_of_ranges[i] = radius;
  }
  for (std::int64_t b = 0; b < n_blocks; ++b) {
    for (std::int64_t begin = 0; begin < points.size; begin += batch_size) {
      const std::int64_t end = begin + batch_size < points.size ? begin + batch_size : points.size;
      Bitset candidates[batch_size];
      for (std::int64_t i = begin; i < end; ++i) {
        candidates[i - begin] = Query<periodic>(search, points, i).candidates(blocks[b]);
      }
      for (std::int64_t i = begin; i < end; ++i) {
        if (!none(candidates[i - begin])) Query<periodic>(search, points, i).visit(blocks[b], candidates[i - begin]);
      }
    }
  }
}

inline std::int64_t size_of(Bitset set) {
  std::uint64_t words[bitset_words];
  store_bits(words, set);
  std::int64_t size = 0;
  for (const std::uint64_t word : words) size += count_bits(word);
  return size;
}

template <bool periodic>
std::int64_t count_in_block(const BitmapView& view, const BitmapSide& side, const double* query, double radius,
                            const BinRange* outer, const BinRange* inner, std::int64_t block) {
  Bitset candidates = points_in(view, side, outer, block);
  if (none(candidates)) return 0;
  std::int64_t count = 0;
  // Where they are many, most lie in bins that are inside as a whole. (Of periodic columns there are no bins.)
  if (!periodic && size_of(candidates) > worth_splitting) {
    const Bitset inside = points_in(view, side, inner, block);
    count = size_of(inside);
    candidates = without(candidates, inside);
  }
  for_each(candidates, block, [&](std::int64_t i) {
    count += all_less(distances<periodic>(view, side, query, view.points + i * view.n_lanes), radius);
  });
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

void bitmap_search(const BitmapSearch& search, const std::int64_t* blocks, std::int64_t n_blocks) {
  const auto by_period = search.view.joint.periodic ? run<true> : run<false>;
  by_period(search, blocks, n_blocks);
}

void bitmap_count(const BitmapView& view, const BitmapSide& side, std::int64_t leaf, const std::int64_t* blocks,
                  std::int64_t n_blocks, BinRange* ranges, const double* radius, std::int64_t* count_of) {
  const auto by_period = side.periodic ? count<true> : count<false>;
  by_period(view, side, leaf, blocks, n_blocks, ranges, radius, count_of);
}

}  // namespace fastmi::FASTMI_ISA
