// The k nearest points in a k-d tree.
#include "nearest.hpp"
#include "tree.hpp"

namespace fastmi::FASTMI_ISA {

void leaf_search(const LeafView& queries, const LeafView& points, std::int64_t k, double* nearest);

namespace {

constexpr auto closer = [](Lanes a, Lanes b) { return less(a, b); };

template <class Tree>
struct Search {
  Tree tree;
  Asking<Tree> queries;
  bool own;  // the queries are points of the tree
  std::int64_t k;
  double* heaps;            // k doubles a query; see nearest.hpp
  double* radius;           // of each query, the top of its heap; 0 behind the last
  double reach = infinity;  // the greatest radius

  // Upwards from a leaf where neighbours are likely: they shrink the radius for what lies further away.
  void run() {
    const std::int64_t start = own ? queries.leaf : nearest_leaf();
    leaf_search(leaf_view(queries.asking, queries.leaf), leaf_view(tree, start), k, heaps);
    for (std::int64_t i = 0; i < queries.size; ++i) radius[i] = heaps[i * k];
    update_reach();
    visit_around(start, tree.view.depth, [this](std::int64_t block, Bits nodes) { visit(block, nodes); });
  }

  // Some nodes of a block.
  void visit(std::int64_t block, Bits nodes) {
    nodes &= queries.nodes_within(tree, block, reach, closer);
    for (; nodes; nodes &= nodes - 1) {
      const std::int64_t node = block * node_block + lowest_bit(nodes);
      if (tree.is_leaf(node)) {
        scan_leaf(node);
      } else {
        visit(node, first_bits(node_block));
      }
    }
  }

  void scan_leaf(std::int64_t leaf) {
    Bits asking = queries.points_within(tree, leaf, radius, closer);
    if (!asking) return;
    const std::int64_t begin = tree.begin(leaf);
    const std::int64_t size = tree.begin(leaf + 1) - begin;
    for (; asking; asking &= asking - 1) scan(begin, size, lowest_bit(asking));
    update_reach();
  }

  void scan(std::int64_t begin, std::int64_t size, std::int64_t query) {
    double* heap = heaps + query * k;
    double distances[max_leaf_size];
    Bits found = 0;
    for (std::int64_t i = 0; i < size; i += Lanes::width) {
      const Lanes distance = queries.distance(tree, query, begin + i);
      store(distances + i, distance);
      found |= static_cast<Bits>(less(distance, broadcast(heap[0]))) << i;
    }
    for (found &= first_bits(size); found; found &= found - 1) improve(heap, k, distances[lowest_bit(found)]);
    radius[query] = heap[0];
  }

  void update_reach() {
    Lanes most = broadcast(0);
    for (std::int64_t i = 0; i < queries.size; i += Lanes::width) most = max(most, load(radius + i));
    reach = greatest(most);
  }

  // By the boxes of one of the queries, downwards.
  std::int64_t nearest_leaf() const {
    const std::int64_t position = queries.first + queries.size / 2;
    std::int64_t node = nearest_node(0, uppermost_nodes(tree.view.depth), position);
    while (!tree.is_leaf(node)) node = nearest_node(node, first_bits(node_block), position);
    return node;
  }

  std::int64_t nearest_node(std::int64_t block, Bits nodes, std::int64_t position) const {
    double distances[node_block];
    for (std::int64_t i = 0; i < node_block; i += Lanes::width) {
      Lanes nearest = broadcast(0);
      for (std::int64_t c = 0; c < tree.n_columns(); ++c) {
        const Lanes q = broadcast(queries.asking.column(c)[position]);
        nearest = tree.join(nearest, tree.nearest_in(c, {q, q}, tree.of_nodes(block * node_block + i, c)));
      }
      store(distances + i, nearest);
    }
    std::int64_t best = lowest_bit(nodes);
    for (; nodes; nodes &= nodes - 1) {
      if (distances[lowest_bit(nodes)] < distances[best]) best = lowest_bit(nodes);
    }
    return block * node_block + best;
  }

  static LeafView leaf_view(const Tree& of, std::int64_t leaf) {
    const std::int64_t begin = of.begin(leaf);
    const TreeView& view = of.view;
    return {of.column(0) + begin, view.n_samples + lane_padding, view.periods,
            of.n_columns(),       of.begin(leaf + 1) - begin,    view.metric};
  }
};

}  // namespace

void tree_search(const TreeView& view, const TreeView& asking, std::int64_t leaf, std::int64_t k, double* scratch,
                 double* radius) {
  with_tree(view, [&](auto tree) {
    using Tree = decltype(tree);
    Search<Tree>{tree, {Tree{asking}, leaf}, asking.points == view.points, k, scratch, radius}.run();
  });
}

}  // namespace fastmi::FASTMI_ISA
