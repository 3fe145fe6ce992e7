// What both questions to a k-d tree need. The points of one leaf ask together, each in a lane of its own: they walk the
// tree once for all of them, and each box is compared with all of them at once.
#pragma once

#include "kernels.hpp"
#include "simd.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

struct Node {
  std::int64_t index;
  int level;

  Node left() const { return {2 * index, level + 1}; }
  Node right() const { return {2 * index + 1, level + 1}; }
  Node sibling() const { return {index ^ 1, level}; }
  Node parent() const { return {index / 2, level - 1}; }
};

// One bit for each point of a leaf.
using Points = std::uint32_t;
static_assert(max_leaf_size == 32);

inline Points first_points(std::int64_t n) { return n < 32 ? (Points{1} << n) - 1 : ~Points{0}; }

// `columns` is their number where the compiler may know it, or 0.
template <int columns, bool periodic>
struct Tree {
  const TreeView& view;

  std::int64_t n_columns() const { return columns > 0 ? columns : view.n_columns; }

  std::int64_t begin(Node node) const {
    return ((node.index - (std::int64_t{1} << node.level)) * view.n_samples) >> node.level;
  }
  std::int64_t size(Node node) const { return begin({node.index + 1, node.level}) - begin(node); }
  bool is_leaf(Node node) const { return node.level == view.depth; }

  const double* column(std::int64_t c) const { return view.points + c * (view.n_samples + lane_padding); }
  double lower(Node node, std::int64_t c) const { return view.boxes[2 * node.index * n_columns() + c]; }
  double upper(Node node, std::int64_t c) const { return view.boxes[(2 * node.index + 1) * n_columns() + c]; }
  bool is_periodic(std::int64_t c) const { return periodic && view.periods[c] < infinity; }

  // The node's extent along its widest column.
  double extent(Node node) const {
    const std::int64_t c = view.split[node.index];
    return upper(node, c) - lower(node, c);
  }

  // How far apart the nodes are, at least. (Around a turn that is not known.)
  double gap(Node a, Node b) const {
    double greatest = 0;
    for (std::int64_t c = 0; c < n_columns(); ++c) {
      if (is_periodic(c)) continue;
      const double above = lower(b, c) - upper(a, c);
      const double below = lower(a, c) - upper(b, c);
      const double apart = above > below ? above : below;
      greatest = apart > greatest ? apart : greatest;
    }
    return greatest;
  }

  // Distance in a column from the direct one, the shortest way round.
  Lanes around(Lanes direct, std::int64_t c) const { return shortest_way(direct, broadcast(view.periods[c])); }

  // From the point at `position` to those of the leaf, Lanes::width of them from `i` on.
  Lanes distance(std::int64_t position, std::int64_t i) const {
    Lanes greatest = broadcast(0);
    for (std::int64_t c = 0; c < n_columns(); ++c) {
      const double* x = column(c);
      const Lanes direct = abs(load(x + i) - broadcast(x[position]));
      greatest = max(greatest, is_periodic(c) ? around(direct, c) : direct);
    }
    return greatest;
  }

  // Which of the points from `queries` on may have a point of the node closer than their radius.
  Points touching(Node node, std::int64_t queries, std::int64_t n_queries, const double* radius) const {
    Points touched = 0;
    for (std::int64_t i = 0; i < n_queries; i += Lanes::width) {
      Lanes nearest = broadcast(0);
      for (std::int64_t c = 0; c < n_columns(); ++c) nearest = max(nearest, nearest_in(node, c, queries + i));
      touched |= static_cast<Points>(less(nearest, load(radius + i))) << i;
    }
    return touched & first_points(n_queries);
  }

  // Which of them have all points of the node closer than their radius.
  Points containing(Node node, std::int64_t queries, std::int64_t n_queries, const double* radius) const {
    Points filled = 0;
    for (std::int64_t i = 0; i < n_queries; i += Lanes::width) {
      Lanes farthest = broadcast(0);
      for (std::int64_t c = 0; c < n_columns(); ++c) farthest = max(farthest, farthest_in(node, c, queries + i));
      filled |= static_cast<Points>(less(farthest, load(radius + i))) << i;
    }
    return filled & first_points(n_queries);
  }

 private:
  struct Direct {
    Lanes least;
    Lanes most;
  };

  Direct direct(Node node, std::int64_t c, std::int64_t queries) const {
    const Lanes q = load(column(c) + queries);
    const Lanes below = broadcast(lower(node, c)) - q;
    const Lanes above = q - broadcast(upper(node, c));
    return {max(broadcast(0), max(below, above)), max(abs(below), abs(above))};
  }

  Lanes nearest_in(Node node, std::int64_t c, std::int64_t queries) const {
    const auto [least, most] = direct(node, c, queries);
    if (!is_periodic(c)) return least;
    const Lanes period = broadcast(view.periods[c]);
    const Mask spans_a_turn = all_lanes & ~(less(period, least) | less(most, period));
    return select(spans_a_turn, min(around(least, c), around(most, c)), broadcast(0));
  }

  Lanes farthest_in(Node node, std::int64_t c, std::int64_t queries) const {
    const auto [least, most] = direct(node, c, queries);
    if (!is_periodic(c)) return most;
    const Lanes period = broadcast(view.periods[c]);
    const Lanes other_way = max(abs(period - least), abs(period - most));
    return min(most, min(other_way, broadcast(2 * view.periods[c]) - least));
  }
};

// Calls function(tree) with the tree that the compiler knows most about.
template <class Function>
inline void with_tree(const TreeView& view, const Function& function) {
  if (view.periodic) return view.n_columns == 2 ? function(Tree<2, true>{view}) : function(Tree<0, true>{view});
  switch (view.n_columns) {
    case 2:
      return function(Tree<2, false>{view});
    case 3:
      return function(Tree<3, false>{view});
    case 4:
      return function(Tree<4, false>{view});
    default:
      return function(Tree<0, false>{view});
  }
}

}  // namespace
}  // namespace fastmi::FASTMI_ISA
