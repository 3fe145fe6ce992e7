#include "ksg_counts.hpp"

#include <utility>

#include "bitmap_index.hpp"
#include "engine.hpp"
#include "kd_tree.hpp"
#include "strips.hpp"

namespace fastmi {
namespace {

using Radius = Buffer<double>;
using Counts = Buffer<std::int64_t>;

Samples join(const Samples& x, const Samples& y) {
  Samples joint = x;
  joint.append(y);
  return joint;
}

Samples as_samples(const Column& column) {
  Samples samples(static_cast<std::int64_t>(column.values().size()));
  samples.append(column.values(), column.axis());
  return samples;
}

Radius radius_by_tree(const Samples& joint, std::int64_t k, Execution& execution) {
  Radius radius(static_cast<std::size_t>(joint.size()));
  KdTree(joint, execution).kth_distances(k, execution, radius);
  return radius;
}

Radius radius_by_strips(const Column& x, const Column& y, std::int64_t k, Execution& execution) {
  Radius radius(x.values().size());
  Strips(x, y).kth_distances(k, execution, radius);
  return radius;
}

Counts count_closer(const Column& side, const Radius& radius, Order order, Execution& execution) {
  Counts count(radius.size());
  if (order == Order::rows) {
    side.count_closer(radius, execution, count);
  } else {
    side.count_closer_by_rank(radius, execution, count);
  }
  return count;
}

// A single column needs no tree.
Counts count_closer(const Samples& side, const Radius& radius, Order order, Execution& execution) {
  if (side.n_columns() == 1) {
    return count_closer(Column(side.column(0), side.axes().front()), radius, order, execution);
  }
  Counts count(radius.size());
  KdTree(side, execution).count_closer(radius, execution, count);
  return count;
}

template <class Side>
KsgCounts counts_within(Radius radius, const Side& x, const Side& y, Order order, Execution& execution) {
  KsgCounts counts{std::move(radius), {}, {}};
  counts.n_x = count_closer(x, counts.radius, order, execution);
  counts.n_y = count_closer(y, counts.radius, order, execution);
  return counts;
}

// The index counts along the way the sides for which it is the better engine.
KsgCounts counts_by_bitmap(const Samples& x, const Samples& y, std::int64_t k, Order order, Execution& execution) {
  const auto n = static_cast<std::size_t>(x.size());
  const auto room = [n](const Samples& side) {
    return Counts(side.n_columns() > 1 && choose_count_engine(side) == Engine::bitmap ? n : 0);
  };
  KsgCounts counts{Radius(n), room(x), room(y)};
  BitmapIndex(x, y, execution).ksg_counts(k, execution, counts.radius, counts.n_x, counts.n_y);
  if (counts.n_x.empty()) counts.n_x = count_closer(x, counts.radius, order, execution);
  if (counts.n_y.empty()) counts.n_y = count_closer(y, counts.radius, order, execution);
  return counts;
}

}  // namespace

KsgCounts ksg_counts(const Column& x, const Column& y, std::int64_t k, Order order, Execution& execution) {
  const Engine engine = choose_engine(x, y, k);
  if (engine == Engine::bitmap) return counts_by_bitmap(as_samples(x), as_samples(y), k, order, execution);
  Radius radius = engine == Engine::strips ? radius_by_strips(x, y, k, execution)
                                           : radius_by_tree(join(as_samples(x), as_samples(y)), k, execution);
  return counts_within(std::move(radius), x, y, order, execution);
}

KsgCounts ksg_counts(const Samples& x, const Samples& y, std::int64_t k, Order order, Execution& execution) {
  if (x.n_columns() == 1 && y.n_columns() == 1) {
    const std::vector<Column> columns = prepare_columns(x, y, execution);
    return ksg_counts(columns[0], columns[1], k, order, execution);
  }
  if (choose_engine(x, y, k) == Engine::bitmap) return counts_by_bitmap(x, y, k, order, execution);
  return counts_within(radius_by_tree(join(x, y), k, execution), x, y, order, execution);
}

}  // namespace fastmi
