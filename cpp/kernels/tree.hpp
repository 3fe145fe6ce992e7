// What all questions to a k-d tree need. The points of one leaf ask together, each in a lane of its own where they are
// compared with a box, and by the box around them where that is compared with others.
#pragma once

#include "kernels.hpp"
#include "simd.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

// One bit for each point of a leaf, or for each node of a block.
using Bits = std::uint32_t;
static_assert(max_leaf_size == 32);

inline Bits first_bits(std::int64_t n) { return n < 32 ? (Bits{1} << n) - 1 : ~Bits{0}; }

// The max-norm of linear columns, the max-norm where some are periodic, or the Euclidean norm, whose squares are
// compared.
enum class Geometry { linear, periodic, euclidean };

// A stretch of a column, or a value where both ends are the same.
struct Stretch {
  Lanes lower;
  Lanes upper;
};

// The points of a leaf, column after column.
struct Leaf {
  const double* points;
  std::int64_t size;

  const double* column(std::int64_t c) const { return points + c * size; }
};

// `columns` is their number where the compiler may know it, or 0.
template <int columns, Geometry geometry>
struct Tree {
  const TreeView& view;

  std::int64_t n_columns() const { return columns > 0 ? columns : view.n_columns; }
  std::int64_t n_leaves() const { return std::int64_t{1} << view.depth; }
  bool is_leaf(std::int64_t node) const { return node >= n_leaves(); }
  std::int64_t begin(std::int64_t leaf) const { return view.leaf_begin[leaf - n_leaves()]; }

  Leaf leaf(std::int64_t node) const {
    return {view.points + begin(node) * n_columns(), begin(node + 1) - begin(node)};
  }

  bool is_periodic(std::int64_t c) const { return geometry == Geometry::periodic && view.periods[c] < infinity; }

  const double* lower(std::int64_t node, std::int64_t c) const {
    const auto index = static_cast<std::uint64_t>(node);  // of which quotients are shifts
    const auto block = static_cast<std::int64_t>(index / node_block);
    return view.boxes + (block * n_columns() + c) * 2 * node_block + index % node_block;
  }
  const double* upper(std::int64_t node, std::int64_t c) const { return lower(node, c) + node_block; }

  // How many points a node has.
  std::int64_t size(std::int64_t node) const {
    std::int64_t end = node + 1;
    for (; !is_leaf(node); node *= node_block) end *= node_block;
    return begin(end) - begin(node);
  }

  // The same node in every lane, or a node in each.
  Stretch of_node(std::int64_t node, std::int64_t c) const {
    return {broadcast(*lower(node, c)), broadcast(*upper(node, c))};
  }
  Stretch of_nodes(std::int64_t first, std::int64_t c) const { return {load(lower(first, c)), load(upper(first, c))}; }

  // A distance that grows by that in one more column.
  Lanes join(Lanes distance, Lanes in_column) const {
    return geometry == Geometry::euclidean ? distance + in_column * in_column : max(distance, in_column);
  }

  // Distance in a column from the direct one, the shortest way round.
  Lanes around(Lanes direct, std::int64_t c) const { return shortest_way(direct, broadcast(view.periods[c])); }

  // In a column, of points.
  Lanes distance_in(std::int64_t c, Lanes a, Lanes b) const {
    if (geometry == Geometry::euclidean) return a - b;  // to be squared
    const Lanes direct = abs(a - b);
    return is_periodic(c) ? around(direct, c) : direct;
  }

  // In a column, at least. Subtraction is monotonic, and so is what follows: no distance of points is below it. May be
  // negative where the distance of columns before is not, as it is the greatest that counts.
  Lanes nearest_in(std::int64_t c, const Stretch& a, const Stretch& b) const {
    const Lanes apart = max(b.lower - a.upper, a.lower - b.upper);
    if (geometry == Geometry::linear) return apart;
    const Lanes least = max(broadcast(0), apart);
    if (!is_periodic(c)) return least;
    const Lanes most = max(b.upper - a.lower, a.upper - b.lower);
    const Lanes period = broadcast(view.periods[c]);
    const Mask spans_a_turn = all_lanes & ~(less(period, least) | less(most, period));
    return select(spans_a_turn, min(around(least, c), around(most, c)), broadcast(0));
  }

  // In a column, at most.
  Lanes farthest_in(std::int64_t c, const Stretch& a, const Stretch& b) const {
    const Lanes most = max(b.upper - a.lower, a.upper - b.lower);
    if (!is_periodic(c)) return most;
    const Lanes least = max(broadcast(0), max(b.lower - a.upper, a.lower - b.upper));
    const Lanes period = broadcast(view.periods[c]);
    const Lanes other_way = max(abs(period - least), abs(period - most));
    return min(most, min(other_way, broadcast(2 * view.periods[c]) - least));
  }
};

// The points of one leaf of `asking`, as they look at a tree with the same columns.
template <class Tree>
struct Asking {
  Tree asking;
  std::int64_t leaf;
  Leaf points = asking.leaf(leaf);

  std::int64_t size() const { return points.size; }
  Bits all() const { return first_bits(size()); }

  // Those from the i-th on, one in each lane.
  Stretch of_points(std::int64_t i, std::int64_t c) const {
    const Lanes values = load(points.column(c) + i);
    return {values, values};
  }

  // Which nodes of a block of the tree may have a point within reach of one of the points.
  template <class Within>
  Bits nodes_within(const Tree& tree, std::int64_t block, double reach, const Within& within) const {
    Bits found = 0;
    for (std::int64_t i = 0; i < node_block; i += Lanes::width) {
      Lanes nearest = broadcast(0);
      for (std::int64_t c = 0; c < tree.n_columns(); ++c) {
        const Stretch nodes = tree.of_nodes(block * node_block + i, c);
        nearest = tree.join(nearest, tree.nearest_in(c, asking.of_node(leaf, c), nodes));
      }
      found |= static_cast<Bits>(within(nearest, broadcast(reach))) << i;
    }
    return found;
  }

  // Which of the points may have a point of the node within their radius.
  template <class Within>
  Bits points_within(const Tree& tree, std::int64_t node, const double* radius, const Within& within) const {
    Bits found = 0;
    for (std::int64_t i = 0; i < size(); i += Lanes::width) {
      Lanes nearest = broadcast(0);
      for (std::int64_t c = 0; c < tree.n_columns(); ++c) {
        nearest = tree.join(nearest, tree.nearest_in(c, of_points(i, c), tree.of_node(node, c)));
      }
      found |= static_cast<Bits>(within(nearest, load(radius + i))) << i;
    }
    return found & all();
  }

  // From the i-th point of a leaf of the tree to those from `query` on, one in each lane.
  Lanes distance_to_queries(const Tree& tree, const Leaf& other, std::int64_t i, std::int64_t query) const {
    Lanes result = broadcast(0);
    for (std::int64_t c = 0; c < tree.n_columns(); ++c) {
      const Lanes point = broadcast(other.column(c)[i]);
      result = tree.join(result, tree.distance_in(c, load(points.column(c) + query), point));
    }
    return result;
  }

  // From point `query` to those of a leaf of the tree from the i-th on, one in each lane.
  Lanes distance(const Tree& tree, std::int64_t query, const Leaf& other, std::int64_t i) const {
    Lanes result = broadcast(0);
    for (std::int64_t c = 0; c < tree.n_columns(); ++c) {
      const Lanes q = broadcast(points.column(c)[query]);
      result = tree.join(result, tree.distance_in(c, load(other.column(c) + i), q));
    }
    return result;
  }
};

// Nodes of the uppermost level that is a multiple of a block's levels above the leaves. The first block also has room
// for the levels above, where nothing is looked for.
inline Bits uppermost_nodes(int depth) {
  static_assert(node_block == 8);
  const int level = depth % 3;
  return first_bits(std::int64_t{1} << level) << (1 << level);
}

inline Bits others_in_block(std::int64_t node) { return first_bits(node_block) & ~(Bits{1} << node % node_block); }

// Calls visit(block, nodes) until all of the tree is covered but for a leaf: from beside it upwards, so that what is
// near comes first.
template <class Visit>
inline void visit_around(std::int64_t leaf, int depth, const Visit& visit) {
  std::int64_t node = leaf;
  for (; node >= node_block; node /= node_block) visit(node / node_block, others_in_block(node));
  visit(0, uppermost_nodes(depth) & others_in_block(node));
}

// Calls function(tree) with the kind of tree that the compiler knows most about.
template <class Function>
inline void with_max_norm_tree(const TreeView& view, const Function& function) {
  if (view.periodic) {
    return view.n_columns == 2 ? function(Tree<2, Geometry::periodic>{view})
                               : function(Tree<0, Geometry::periodic>{view});
  }
  switch (view.n_columns) {
    case 2:
      return function(Tree<2, Geometry::linear>{view});
    case 3:
      return function(Tree<3, Geometry::linear>{view});
    case 4:
      return function(Tree<4, Geometry::linear>{view});
    default:
      return function(Tree<0, Geometry::linear>{view});
  }
}

template <class Function>
inline void with_tree(const TreeView& view, const Function& function) {
  if (view.metric != Metric::euclidean) return with_max_norm_tree(view, function);
  switch (view.n_columns) {
    case 2:
      return function(Tree<2, Geometry::euclidean>{view});
    case 3:
      return function(Tree<3, Geometry::euclidean>{view});
    default:
      return function(Tree<0, Geometry::euclidean>{view});
  }
}

}  // namespace
}  // namespace fastmi::FASTMI_ISA
