// How many points of a k-d tree are closer than a radius. A node that lies wholly inside is counted by its size.
#include "tree.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

template <class Tree>
struct Count {
  Tree tree;
  std::int64_t queries;  // the leaf's points
  std::int64_t n_queries;
  const double* radius;
  double greatest_radius;
  std::int64_t* count;

  std::int64_t count_in_leaf(std::int64_t begin, std::int64_t end, int query) const {
    std::int64_t closer = 0;
    for (std::int64_t i = begin; i < end; i += Lanes::width) {
      const Lanes found = tree.distance(queries + query, i);
      closer += count_bits(less(found, broadcast(radius[query])) & first_points(end - i));
    }
    return closer;
  }

  // `asking`: the points for which the node is neither outside nor inside as yet.
  void visit(Node node, Points asking) {
    asking &= tree.touching(node, queries, n_queries, radius);
    if (!asking) return;
    if (may_fit(node)) {
      Points inside = asking & tree.containing(node, queries, n_queries, radius);
      asking &= ~inside;
      for (; inside; inside &= inside - 1) count[lowest_bit(inside)] += tree.size(node);
      if (!asking) return;
    }
    if (tree.is_leaf(node)) {
      const std::int64_t begin = tree.begin(node);
      const std::int64_t end = begin + tree.size(node);
      for (; asking; asking &= asking - 1) count[lowest_bit(asking)] += count_in_leaf(begin, end, lowest_bit(asking));
      return;
    }
    visit(node.left(), asking);
    visit(node.right(), asking);
  }

  // Whether the node may lie inside a radius; a little too often rather than not.
  bool may_fit(Node node) const { return tree.extent(node) < 2.1 * greatest_radius; }

  // A point within its own radius is not one of the others.
  void run() {
    for (std::int64_t i = 0; i < n_queries; ++i) {
      count[i] = radius[i] > 0 ? -1 : 0;
      greatest_radius = radius[i] > greatest_radius ? radius[i] : greatest_radius;
    }
    visit({1, 0}, first_points(n_queries));
  }
};

}  // namespace

void tree_count(const TreeView& view, std::int64_t leaf, const double* radius, std::int64_t* count) {
  with_tree(view, [=](auto tree) {
    const Node node{leaf, view.depth};
    Count<decltype(tree)>{tree, tree.begin(node), tree.size(node), radius, 0, count}.run();
  });
}

}  // namespace fastmi::FASTMI_ISA
