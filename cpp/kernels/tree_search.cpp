// The k nearest points in a k-d tree.
#include "nearest.hpp"
#include "tree.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

constexpr auto closer = [](Lanes a, Lanes b) { return less(a, b); };

template <class Tree>
struct Search {
  Tree tree;
  Asking<Tree> queries;
  bool own;  // the queries are points of the tree
  std::int64_t k;
  double* heaps;   // k doubles a query; see nearest.hpp
  double* radius;  // of each query, the top of its heap; 0 behind the last

  // Upwards from a leaf where neighbours are likely: they shrink the radius for what lies further away.
  void run() {
    const std::int64_t start = own ? queries.leaf : nearest_leaf();
    scan_all(start, 0);
    visit_around(start, tree.view.depth, [this](std::int64_t block, Bits nodes) { visit(block, nodes); });
  }

  // All queries against all points of a leaf, and against the nearest so far, if there are any.
  void scan_all(std::int64_t leaf, std::int64_t n_before) {
    const Leaf points = tree.leaf(leaf);
    double distances[(max_leaf_size + max_register_k) * Lanes::width];
    double* from_points = distances + n_before * Lanes::width;
    for (std::int64_t first = 0; first < queries.size(); first += Lanes::width) {
      const std::int64_t n_queries = queries.size() - first < Lanes::width ? queries.size() - first : Lanes::width;
      for (std::int64_t i = 0; i < n_before * n_queries; ++i) {
        distances[i % n_before * Lanes::width + i / n_before] = heaps[first * k + i];
      }
      for (std::int64_t i = 0; i < points.size; ++i) {
        store(from_points + i * Lanes::width, queries.distance_to_queries(tree, points, i, first));
      }
      if (own && leaf == queries.leaf) leave_themselves_out(from_points, first, points.size);
      take_nearest(distances, n_before + points.size, n_queries, k, heaps + first * k);
    }
    for (std::int64_t i = 0; i < queries.size(); ++i) radius[i] = heaps[i * k];
  }

  // Some nodes of a block.
  void visit(std::int64_t block, Bits nodes) {
    nodes &= queries.nodes_within(tree, block, greatest_radius(), closer);
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
    if (k <= max_register_k && 2 * count_bits(asking) > queries.size()) return scan_all(leaf, k);
    const Leaf points = tree.leaf(leaf);
    for (; asking; asking &= asking - 1) scan(points, lowest_bit(asking));
  }

  void scan(const Leaf& points, std::int64_t query) {
    double* heap = heaps + query * k;
    double distances[max_leaf_size];
    Bits found = 0;
    for (std::int64_t i = 0; i < points.size; i += Lanes::width) {
      const Lanes distance = queries.distance(tree, query, points, i);
      store(distances + i, distance);
      found |= static_cast<Bits>(less(distance, broadcast(heap[0]))) << i;
    }
    for (found &= first_bits(points.size); found; found &= found - 1) insert(heap, k, distances[lowest_bit(found)]);
    radius[query] = heap[0];
  }

  double greatest_radius() const {
    Lanes most = broadcast(0);
    for (std::int64_t i = 0; i < queries.size(); i += Lanes::width) most = max(most, load(radius + i));
    return greatest(most);
  }

  // By the boxes of one of the queries, downwards.
  std::int64_t nearest_leaf() const {
    std::int64_t node = nearest_node(0, uppermost_nodes(tree.view.depth));
    while (!tree.is_leaf(node)) node = nearest_node(node, first_bits(node_block));
    return node;
  }

  std::int64_t nearest_node(std::int64_t block, Bits nodes) const {
    double distances[node_block];
    for (std::int64_t i = 0; i < node_block; i += Lanes::width) {
      Lanes nearest = broadcast(0);
      for (std::int64_t c = 0; c < tree.n_columns(); ++c) {
        const Lanes q = broadcast(queries.points.column(c)[queries.size() / 2]);
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
