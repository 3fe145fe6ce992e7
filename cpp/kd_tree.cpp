#include "kd_tree.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "bits.hpp"

namespace fastmi {

KdTree::KdTree(const Samples& samples, Execution& execution)
    : n_samples_(samples.size()), n_columns_(samples.n_columns()), axes_(samples.axes()) {
  while ((n_samples_ - 1) >> depth_ >= leaf_capacity) ++depth_;
  rows_.resize(static_cast<std::size_t>(n_samples_));
  std::iota(rows_.begin(), rows_.end(), 0);
  boxes_.resize(static_cast<std::size_t>(4 * first_leaf() * n_columns_));
  build(samples, root, execution);

  points_.reserve(static_cast<std::size_t>(n_samples_ * n_columns_));
  for (std::int64_t c = 0; c < n_columns_; ++c) {
    const double* values = samples.column(c).data();
    for (const std::int64_t row : rows_) points_.push_back(values[row]);
  }
}

std::int64_t KdTree::begin(Node node) const {
  const int level = floor_log2(node);
  return ((node - (Node{1} << level)) * n_samples_) >> level;
}

std::int64_t KdTree::end(Node node) const {
  const int level = floor_log2(node);
  return ((node + 1 - (Node{1} << level)) * n_samples_) >> level;
}

// Splits the node at the median of its widest column, and so on down to the leaves.
void KdTree::build(const Samples& samples, Node node, Execution& execution) {
  execution.check();
  const double* values = samples.column(bound(samples, node)).data();
  if (is_leaf(node)) return;

  // Keys travel with their rows: sorting stays in one stretch of memory.
  std::vector<std::pair<double, std::int64_t>> keyed;
  keyed.reserve(static_cast<std::size_t>(end(node) - begin(node)));
  for (std::int64_t i = begin(node); i < end(node); ++i) {
    const std::int64_t row = rows_[static_cast<std::size_t>(i)];
    keyed.emplace_back(values[row], row);
  }
  std::nth_element(keyed.begin(), keyed.begin() + (begin(2 * node + 1) - begin(node)), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::transform(keyed.begin(), keyed.end(), rows_.begin() + begin(node), [](const auto& key) { return key.second; });
  keyed = {};
  build(samples, 2 * node, execution);
  build(samples, 2 * node + 1, execution);
}

// Writes the bounding box of the node and returns its widest column.
std::int64_t KdTree::bound(const Samples& samples, Node node) {
  double* lower = boxes_.data() + 2 * node * n_columns_;
  double* upper = lower + n_columns_;
  std::int64_t widest = 0;
  for (std::int64_t c = 0; c < n_columns_; ++c) {
    const double* values = samples.column(c).data();
    lower[c] = std::numeric_limits<double>::infinity();
    upper[c] = -std::numeric_limits<double>::infinity();
    for (std::int64_t i = begin(node); i < end(node); ++i) {
      const double value = values[rows_[static_cast<std::size_t>(i)]];
      lower[c] = std::min(lower[c], value);
      upper[c] = std::max(upper[c], value);
    }
    if (upper[c] - lower[c] > upper[widest] - lower[widest]) widest = c;
  }
  return widest;
}

void KdTree::read_query(std::int64_t position, std::span<double> query) const {
  for (std::int64_t c = 0; c < n_columns_; ++c) query[static_cast<std::size_t>(c)] = column(c)[position];
}

void KdTree::distances(const double* query, Node leaf, double* distance) const {
  const std::int64_t first = begin(leaf);
  const std::int64_t size = end(leaf) - first;
  std::fill_n(distance, size, 0.0);
  for (std::int64_t c = 0; c < n_columns_; ++c) {
    const double* values = column(c) + first;
    const double q = query[c];
    const Axis axis = axes_[static_cast<std::size_t>(c)];
    if (axis.periodic()) {
      for (std::int64_t i = 0; i < size; ++i) distance[i] = std::max(distance[i], axis.distance(values[i], q));
    } else {
      for (std::int64_t i = 0; i < size; ++i) distance[i] = std::max(distance[i], std::fabs(values[i] - q));
    }
  }
}

double KdTree::distance_to_box(const double* query, Node node) const {
  const double* low = lower(node);
  const double* high = upper(node);
  double distance = 0;
  for (std::int64_t c = 0; c < n_columns_; ++c) {
    distance = std::max(distance, axes_[static_cast<std::size_t>(c)].nearest(query[c], low[c], high[c]));
  }
  return distance;
}

void KdTree::kth_distances(std::int64_t k, Execution& execution, std::span<double> radius) const {
  execution.parallel_for(first_leaf(), 4, [&](std::int64_t task) {
    const Node leaf = first_leaf() + task;
    std::vector<double> query(static_cast<std::size_t>(n_columns_));
    KSmallest nearest(k);
    double distance[leaf_capacity];
    for (std::int64_t position = begin(leaf); position < end(leaf); ++position) {
      read_query(position, query);
      nearest.clear();
      distances(query.data(), leaf, distance);
      for (std::int64_t i = begin(leaf); i < end(leaf); ++i) {
        if (i != position) nearest.offer(distance[i - begin(leaf)]);
      }
      // From the leaf upwards: what lies beside it is nearest, and shrinks the radius for what lies further away.
      for (Node node = leaf; node != root; node /= 2) {
        const Node sibling = node ^ 1;
        if (distance_to_box(query.data(), sibling) < nearest.radius()) search(query.data(), sibling, nearest);
      }
      radius[static_cast<std::size_t>(rows_[static_cast<std::size_t>(position)])] = nearest.radius();
    }
  });
}

void KdTree::search(const double* query, Node node, KSmallest& nearest) const {
  if (is_leaf(node)) {
    double distance[leaf_capacity];
    distances(query, node, distance);
    for (std::int64_t i = 0; i < end(node) - begin(node); ++i) nearest.offer(distance[i]);
    return;
  }
  Node near = 2 * node;
  Node far = near + 1;
  double to_near = distance_to_box(query, near);
  double to_far = distance_to_box(query, far);
  if (to_far < to_near) {
    std::swap(near, far);
    std::swap(to_near, to_far);
  }
  if (to_near < nearest.radius()) search(query, near, nearest);
  if (to_far < nearest.radius()) search(query, far, nearest);
}

void KdTree::count_closer(std::span<const double> radius, Execution& execution, std::span<std::int64_t> count) const {
  execution.parallel_for(first_leaf(), 4, [&](std::int64_t task) {
    const Node leaf = first_leaf() + task;
    std::vector<double> query(static_cast<std::size_t>(n_columns_));
    for (std::int64_t position = begin(leaf); position < end(leaf); ++position) {
      const auto row = static_cast<std::size_t>(rows_[static_cast<std::size_t>(position)]);
      read_query(position, query);
      const std::int64_t itself = radius[row] > 0 ? 1 : 0;
      count[row] = this->count(query.data(), radius[row], root) - itself;
    }
  });
}

// Samples of the node closer than the radius; none or all of them without a look at any, where its box tells.
std::int64_t KdTree::count(const double* query, double radius, Node node) const {
  const double* low = lower(node);
  const double* high = upper(node);
  bool inside = true;
  for (std::int64_t c = 0; c < n_columns_; ++c) {
    const Axis axis = axes_[static_cast<std::size_t>(c)];
    if (!(axis.nearest(query[c], low[c], high[c]) < radius)) return 0;
    inside = inside && axis.farthest(query[c], low[c], high[c]) < radius;
  }
  if (inside) return end(node) - begin(node);
  if (!is_leaf(node)) return count(query, radius, 2 * node) + count(query, radius, 2 * node + 1);

  double distance[leaf_capacity];
  distances(query, node, distance);
  return std::count_if(distance, distance + (end(node) - begin(node)), [=](double d) { return d < radius; });
}

}  // namespace fastmi
