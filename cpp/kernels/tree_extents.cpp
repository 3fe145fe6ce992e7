// How far the points within a radius lie by some of the columns, and by the others: the sides of KSG2's rectangle.
#include "tree.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

constexpr auto within = [](Lanes a, Lanes b) { return less_equal(a, b); };

// Distances by the columns of either side.
struct Sides {
  Lanes first = broadcast(0);
  Lanes second = broadcast(0);
};

template <class Tree>
struct Extents {
  Tree tree;
  Asking<Tree> queries;
  const double* radius;
  std::int64_t n_first;
  double* first;
  double* second;
  double reach = 0;  // the greatest radius

  void run() {
    for (std::int64_t i = 0; i < queries.size(); ++i) {
      first[i] = second[i] = 0;
      reach = radius[i] > reach ? radius[i] : reach;
    }
    scan_leaf(queries.leaf, queries.all());
    visit_around(queries.leaf, tree.view.depth, [this](std::int64_t block, Bits nodes) { visit(block, nodes); });
  }

  void visit(std::int64_t block, Bits nodes) {
    nodes &= queries.nodes_within(tree, block, reach, within);
    for (; nodes; nodes &= nodes - 1) {
      const std::int64_t node = block * node_block + lowest_bit(nodes);
      const Bits asking = queries.points_within(tree, node, radius, within) & growing(node);
      if (!asking) continue;
      if (tree.is_leaf(node)) {
        scan_leaf(node, asking);
      } else {
        visit(node, first_bits(node_block));
      }
    }
  }

  template <class DistanceIn>
  Sides sides(const DistanceIn& distance_in) const {
    Sides result;
    for (std::int64_t c = 0; c < n_first; ++c) result.first = max(result.first, distance_in(c));
    for (std::int64_t c = n_first; c < tree.n_columns(); ++c) result.second = max(result.second, distance_in(c));
    return result;
  }

  // For which of the points the node may have one that lies further away than those before. Where there are many ties,
  // hardly ever: or each point would look at all the others.
  Bits growing(std::int64_t node) const {
    Bits found = 0;
    for (std::int64_t i = 0; i < queries.size(); i += Lanes::width) {
      const Sides farthest =
          sides([&](std::int64_t c) { return tree.farthest_in(c, queries.of_points(i, c), tree.of_node(node, c)); });
      const Lanes most = load(radius + i);
      found |= static_cast<Bits>(less(load(first + i), min(farthest.first, most)) |
                                 less(load(second + i), min(farthest.second, most)))
               << i;
    }
    return found;
  }

  void scan_leaf(std::int64_t leaf, Bits asking) {
    const Leaf points = tree.leaf(leaf);
    for (; asking; asking &= asking - 1) scan(points, lowest_bit(asking));
  }

  // The point itself may be among them: its distance is 0.
  void scan(const Leaf& points, std::int64_t query) {
    Sides most{broadcast(first[query]), broadcast(second[query])};
    for (std::int64_t i = 0; i < points.size; i += Lanes::width) {
      const Sides found = sides([&](std::int64_t c) {
        const Lanes q = broadcast(queries.points.column(c)[query]);
        return tree.distance_in(c, load(points.column(c) + i), q);
      });
      const Lanes joint = max(found.first, found.second);
      const Mask inside = less_equal(joint, broadcast(radius[query])) & first_bits(points.size - i);
      most.first = max(most.first, select(inside, broadcast(0), found.first));
      most.second = max(most.second, select(inside, broadcast(0), found.second));
    }
    first[query] = greatest(most.first);
    second[query] = greatest(most.second);
  }
};

}  // namespace

void tree_extents(const TreeView& view, std::int64_t leaf, const double* radius, std::int64_t n_first, double* first,
                  double* second) {
  with_max_norm_tree(view, [&](auto tree) {
    using Tree = decltype(tree);
    Extents<Tree>{tree, {tree, leaf}, radius, n_first, first, second}.run();
  });
}

}  // namespace fastmi::FASTMI_ISA
