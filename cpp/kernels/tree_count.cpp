// How many points of a k-d tree are closer than a radius. A node that lies wholly inside is counted by its size.
#include "tree.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

constexpr auto closer = [](Lanes a, Lanes b) { return less(a, b); };
constexpr auto no_further = [](Lanes a, Lanes b) { return less_equal(a, b); };

// With `around`, also those at the radius itself.
template <class Tree, bool around>
struct Count {
  Tree tree;
  Asking<Tree> queries;
  const double* radius;
  std::int64_t* inside;
  std::int64_t* within;
  double reach = 0;  // the greatest radius

  static Mask reaches(Lanes distance, Lanes radius) {
    return around ? no_further(distance, radius) : closer(distance, radius);
  }

  // A point within its own radius is not one of the others.
  void run() {
    for (std::int64_t i = 0; i < queries.size(); ++i) {
      inside[i] = radius[i] > 0 ? -1 : 0;
      if (around) within[i] = -1;
      reach = radius[i] > reach ? radius[i] : reach;
    }
    visit(0, uppermost_nodes(tree.view.depth), queries.all());
  }

  // `asking`: the points for which the nodes are neither outside nor inside as yet.
  void visit(std::int64_t block, Bits nodes, Bits asking) {
    nodes &= queries.nodes_within(tree, block, reach, reaches);
    const Bits small = fitting(block);
    for (; nodes; nodes &= nodes - 1) {
      const std::int64_t node = block * node_block + lowest_bit(nodes);
      ask(node, asking, small >> lowest_bit(nodes) & 1);
    }
  }

  void ask(std::int64_t node, Bits asking, bool may_fit) {
    asking &= queries.points_within(tree, node, radius, reaches);
    if (!asking) return;
    if (may_fit) {
      asking &= ~count_whole(node, asking);
      if (!asking) return;
    }
    if (!tree.is_leaf(node)) return visit(node, first_bits(node_block), asking);
    const Leaf points = tree.leaf(node);
    for (; asking; asking &= asking - 1) count_in_leaf(points, lowest_bit(asking));
  }

  // For points that have all of the node inside their radius; or, with `around`, all of it within and none inside, such
  // as where samples coincide.
  Bits count_whole(std::int64_t node, Bits asking) {
    const Bits full = asking & containing(node, closer);
    const Bits edge =
        around ? asking & ~full & containing(node, no_further) & ~queries.points_within(tree, node, radius, closer) : 0;
    const std::int64_t size = full | edge ? tree.size(node) : 0;
    for (Bits left = full; left; left &= left - 1) inside[lowest_bit(left)] += size;
    if (!around) return full;
    for (Bits left = full | edge; left; left &= left - 1) within[lowest_bit(left)] += size;
    return full | edge;
  }

  // Which nodes of a block may lie inside a radius; a little too often rather than not.
  Bits fitting(std::int64_t block) const {
    Bits found = 0;
    for (std::int64_t i = 0; i < node_block; i += Lanes::width) {
      Lanes widest = broadcast(0);
      for (std::int64_t c = 0; c < tree.n_columns(); ++c) {
        const Stretch nodes = tree.of_nodes(block * node_block + i, c);
        widest = max(widest, nodes.upper - nodes.lower);
      }
      found |= static_cast<Bits>(reaches(widest, broadcast(2.1 * reach))) << i;
    }
    return found;
  }

  // Which of the points have all points of the node as close as their radius wants them.
  template <class Compare>
  Bits containing(std::int64_t node, const Compare& compare) const {
    Bits found = 0;
    for (std::int64_t i = 0; i < queries.size(); i += Lanes::width) {
      Lanes farthest = broadcast(0);
      for (std::int64_t c = 0; c < tree.n_columns(); ++c) {
        const Stretch points = queries.of_points(i, c);
        farthest = max(farthest, tree.farthest_in(c, points, tree.of_node(node, c)));
      }
      found |= static_cast<Bits>(compare(farthest, load(radius + i))) << i;
    }
    return found;
  }

  void count_in_leaf(const Leaf& points, std::int64_t query) {
    std::int64_t found_inside = 0;
    std::int64_t found_within = 0;
    for (std::int64_t i = 0; i < points.size; i += Lanes::width) {
      const Lanes distance = queries.distance(tree, query, points, i);
      const Bits there = first_bits(points.size - i);
      found_inside += count_bits(closer(distance, broadcast(radius[query])) & there);
      if (around) found_within += count_bits(no_further(distance, broadcast(radius[query])) & there);
    }
    inside[query] += found_inside;
    if (around) within[query] += found_within;
  }
};

}  // namespace

void tree_count(const TreeView& view, std::int64_t leaf, const double* radius, std::int64_t* count) {
  with_max_norm_tree(view, [&](auto tree) {
    using Tree = decltype(tree);
    Count<Tree, false>{tree, {tree, leaf}, radius, count, nullptr}.run();
  });
}

void tree_count_around(const TreeView& view, std::int64_t leaf, const double* radius, std::int64_t* inside,
                       std::int64_t* within) {
  with_max_norm_tree(view, [&](auto tree) {
    using Tree = decltype(tree);
    Count<Tree, true>{tree, {tree, leaf}, radius, inside, within}.run();
  });
}

}  // namespace fastmi::FASTMI_ISA
