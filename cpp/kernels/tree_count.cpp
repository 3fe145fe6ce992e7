// How many points of a k-d tree are closer than a radius. A node that lies wholly inside is counted by its size.
#include "tree.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

constexpr auto closer = [](Lanes a, Lanes b) { return less(a, b); };

template <class Tree>
struct Count {
  Tree tree;
  Asking<Tree> queries;
  const double* radius;
  std::int64_t* count;
  double reach = 0;  // the greatest radius

  // A point within its own radius is not one of the others.
  void run() {
    for (std::int64_t i = 0; i < queries.size(); ++i) {
      count[i] = radius[i] > 0 ? -1 : 0;
      reach = radius[i] > reach ? radius[i] : reach;
    }
    visit(0, uppermost_nodes(tree.view.depth), queries.all());
  }

  // `asking`: the points for which the nodes are neither outside nor inside as yet.
  void visit(std::int64_t block, Bits nodes, Bits asking) {
    nodes &= queries.nodes_within(tree, block, reach, closer);
    const Bits small = fitting(block);
    for (; nodes; nodes &= nodes - 1) {
      const std::int64_t node = block * node_block + lowest_bit(nodes);
      ask(node, asking, small >> lowest_bit(nodes) & 1);
    }
  }

  void ask(std::int64_t node, Bits asking, bool may_fit) {
    asking &= queries.points_within(tree, node, radius, closer);
    if (!asking) return;
    if (may_fit) {
      Bits inside = asking & containing(node);
      asking &= ~inside;
      const std::int64_t size = inside ? tree.size(node) : 0;
      for (; inside; inside &= inside - 1) count[lowest_bit(inside)] += size;
      if (!asking) return;
    }
    if (!tree.is_leaf(node)) return visit(node, first_bits(node_block), asking);
    const Leaf points = tree.leaf(node);
    for (; asking; asking &= asking - 1) count[lowest_bit(asking)] += count_in_leaf(points, lowest_bit(asking));
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
      found |= static_cast<Bits>(less(widest, broadcast(2.1 * reach))) << i;
    }
    return found;
  }

  // Which of the points have all points of the node closer than their radius.
  Bits containing(std::int64_t node) const {
    Bits found = 0;
    for (std::int64_t i = 0; i < queries.size(); i += Lanes::width) {
      Lanes farthest = broadcast(0);
      for (std::int64_t c = 0; c < tree.n_columns(); ++c) {
        const Stretch points = queries.of_points(i, c);
        farthest = max(farthest, tree.farthest_in(c, points, tree.of_node(node, c)));
      }
      found |= static_cast<Bits>(less(farthest, load(radius + i))) << i;
    }
    return found;
  }

  std::int64_t count_in_leaf(const Leaf& points, std::int64_t query) const {
    std::int64_t found = 0;
    for (std::int64_t i = 0; i < points.size; i += Lanes::width) {
      const Lanes distance = queries.distance(tree, query, points, i);
      found += count_bits(less(distance, broadcast(radius[query])) & first_bits(points.size - i));
    }
    return found;
  }
};

}  // namespace

void tree_count(const TreeView& view, std::int64_t leaf, const double* radius, std::int64_t* count) {
  with_max_norm_tree(view, [&](auto tree) {
    using Tree = decltype(tree);
    Count<Tree>{tree, {tree, leaf}, radius, count}.run();
  });
}

}  // namespace fastmi::FASTMI_ISA
