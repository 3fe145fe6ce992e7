// The k nearest points in a k-d tree.
#include "nearest.hpp"
#include "tree.hpp"

namespace fastmi::FASTMI_ISA {

void leaf_search(const LeafView& leaf, std::int64_t k, double* nearest);

namespace {

template <class Tree>
struct Search {
  Tree tree;
  Node leaf;
  std::int64_t queries;  // the leaf's points
  std::int64_t n_queries;
  std::int64_t k;
  double* heaps;   // k doubles a query; see nearest.hpp
  double* radius;  // of each query, the top of its heap; 0 behind the last
  double reach;    // the greatest radius

  // The points [begin, end) of another leaf.
  void scan(std::int64_t begin, std::int64_t end, int query) {
    const std::int64_t position = queries + query;
    double* heap = heaps + query * k;
    for (std::int64_t i = begin; i < end; i += Lanes::width) {
      const Lanes found = tree.distance(position, i);
      Points closer = less(found, broadcast(heap[0])) & first_points(end - i);
      if (!closer) continue;
      double distances[Lanes::width];
      store(distances, found);
      for (; closer; closer &= closer - 1) {
        const double distance = distances[lowest_bit(closer)];
        if (distance < heap[0]) improve(heap, k, distance);
      }
    }
    radius[query] = heap[0];
  }

  void visit(Node node) {
    if (!(tree.gap(leaf, node) < reach)) return;
    if (tree.is_leaf(node)) return scan_leaf(node);
    const bool left_first = is_nearer(node.left(), node.right(), tree.view.split[node.index]);
    visit(left_first ? node.left() : node.right());
    visit(left_first ? node.right() : node.left());
  }

  void scan_leaf(Node node) {
    Points touching = tree.touching(node, queries, n_queries, radius);
    if (!touching) return;
    const std::int64_t begin = tree.begin(node);
    const std::int64_t end = begin + tree.size(node);
    for (; touching; touching &= touching - 1) scan(begin, end, lowest_bit(touching));
    update_reach();
  }

  void update_reach() {
    Lanes most = broadcast(0);
    for (std::int64_t i = 0; i < n_queries; i += Lanes::width) most = max(most, load(radius + i));
    reach = greatest(most);
  }

  // By the first of the points: the others are near it.
  bool is_nearer(Node left, Node right, std::int64_t c) const {
    const double x = tree.column(c)[queries];
    return x - tree.upper(left, c) < tree.lower(right, c) - x;
  }

  // From the leaf upwards: what lies beside it is nearest, and shrinks the radius for what lies further away.
  void run() {
    const std::int64_t stride = tree.view.n_samples + lane_padding;
    leaf_search({tree.column(0) + queries, stride, tree.view.periods, tree.n_columns(), n_queries}, k, heaps);
    for (int query = 0; query < n_queries; ++query) radius[query] = heaps[query * k];
    update_reach();
    for (Node node = leaf; node.level > 0; node = node.parent()) visit(node.sibling());
  }
};

}  // namespace

void tree_search(const TreeView& view, std::int64_t leaf, std::int64_t k, double* scratch, double* radius) {
  with_tree(view, [=](auto tree) {
    const Node node{leaf, view.depth};
    Search<decltype(tree)>{tree, node, tree.begin(node), tree.size(node), k, scratch, radius, infinity}.run();
  });
}

}  // namespace fastmi::FASTMI_ISA
