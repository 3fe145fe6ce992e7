// The sums of Gaussian kernels that a kernel density is. Each query has a lane of its own and adds the centres in their
// order, so that no sum depends on the number of lanes.
#include "exponential.hpp"
#include "kernels.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

// Queries in lanes against the centres; `squared` is [j * Lanes::width + lane]. The difference is taken before it is
// scaled: where both are far from 0, it has no rounding. `columns` is their number where the compiler may know it, or
// 0.
template <int columns>
inline void measure(const CentresView& centres, const double* queries, double* squared) {
  const std::int64_t n_columns = columns > 0 ? columns : centres.n_columns;
  for (std::int64_t j = 0; j < centres.n_points; ++j) {
    const double* centre = centres.points + j * n_columns;
    Lanes sum = broadcast(0);
    for (std::int64_t c = 0; c < n_columns; ++c) {
      const Lanes apart =
          (load(queries + c * density_tile) - broadcast(centre[c])) * broadcast(centres.inverse_bandwidth[c]);
      sum = sum + apart * apart;
    }
    store(squared + j * Lanes::width, sum);
  }
}

inline void leave_out(const CentresView& centres, const std::int64_t* left_out, double* squared) {
  for (int lane = 0; lane < Lanes::width; ++lane) {
    const std::int64_t j = left_out[lane] - centres.first;
    if (0 <= j && j < centres.n_points) squared[j * Lanes::width + lane] = infinity;
  }
}

// Where a nearer centre turns up, all that was added before is scaled to it.
inline void accumulate(const double* squared, std::int64_t n, double* nearest_so_far, double* weight_so_far,
                       double* moment_so_far) {
  const Lanes before = load(nearest_so_far);
  Lanes nearest = before;
  for (std::int64_t j = 0; j < n; ++j) nearest = min(nearest, load(squared + j * Lanes::width));

  const Lanes half = broadcast(0.5);
  const Lanes least = broadcast(least_exponent);
  Lanes weight = broadcast(0);
  Lanes moment = broadcast(0);
  for (std::int64_t j = 0; j < n; ++j) {
    const Lanes t = max((nearest - load(squared + j * Lanes::width)) * half, least);
    const Lanes w = exponential(t);
    weight = weight + w;
    moment = moment - w * t;
  }
  const Lanes t = max((nearest - before) * half, least);
  const Lanes scale = exponential(t);
  const Lanes weight_before = load(weight_so_far);
  store(nearest_so_far, nearest);
  store(moment_so_far, moment + scale * (load(moment_so_far) - weight_before * t));
  store(weight_so_far, weight + scale * weight_before);
}

template <int columns>
void add(const CentresView& centres, const double* queries, const std::int64_t* left_out, KernelSums& sums) {
  alignas(64) double squared[density_block * Lanes::width];
  for (std::int64_t i = 0; i < density_tile; i += Lanes::width) {
    measure<columns>(centres, queries + i, squared);
    leave_out(centres, left_out + i, squared);
    accumulate(squared, centres.n_points, sums.nearest + i, sums.weight + i, sums.moment + i);
  }
}

}  // namespace

void add_centres(const CentresView& centres, const double* queries, const std::int64_t* left_out, KernelSums& sums) {
  switch (centres.n_columns) {
    case 1:
      return add<1>(centres, queries, left_out, sums);
    case 2:
      return add<2>(centres, queries, left_out, sums);
    case 3:
      return add<3>(centres, queries, left_out, sums);
    case 4:
      return add<4>(centres, queries, left_out, sums);
    default:
      return add<0>(centres, queries, left_out, sums);
  }
}

}  // namespace fastmi::FASTMI_ISA
