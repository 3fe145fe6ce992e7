// How many points of a k-d tree are closer than a radius. A node that lies wholly inside is counted by its size.
#include "tree.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

template <bool periodic>
struct Count {
  Tree<periodic> tree;
  std::int64_t queries;  // the leaf's points
  std::int64_t n_queries;
  const double* radius;
  std::int64_t* count;

  std::int64_t count_in_leaf(Node leaf, int query) const {
    const std::int64_t begin = tree.begin(leaf);
    const std::int64_t end = begin + tree.size(leaf);
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
    Points inside = asking & tree.containing(node, queries, n_queries, radius);
    asking &= ~inside;
    const std::int64_t size = tree.size(node);
    for (; inside; inside &= inside - 1) count[lowest(inside)] += size;
    if (!asking) return;
    if (tree.is_leaf(node)) {
      for (; asking; asking &= asking - 1) count[lowest(asking)] += count_in_leaf(node, lowest(asking));
      return;
    }
    visit(node.left(), asking);
    visit(node.right(), asking);
  }

  // A point within its own radius is not one of the others.
  void run() {
    for (std::int64_t i = 0; i < n_queries; ++i) count[i] = radius[i] > 0 ? -1 : 0;
    visit({1, 0}, first_points(n_queries));
  }
};

template <bool periodic>
void count_leaf(const TreeView& view, std::int64_t leaf, const double* radius, std::int64_t* count) {
  const Tree<periodic> tree{view};
  const Node node{leaf, view.depth};
  Count<periodic>{tree, tree.begin(node), tree.size(node), radius, count}.run();
}

}  // namespace

void tree_count(const TreeView& tree, std::int64_t leaf, const double* radius, std::int64_t* count) {
  (tree.periodic ? count_leaf<true> : count_leaf<false>)(tree, leaf, radius, count);
}

}  // namespace fastmi::FASTMI_ISA
