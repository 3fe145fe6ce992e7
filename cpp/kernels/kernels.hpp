// The inner loops that exist once for each instruction set, and the choice among them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fastmi {

// Points of the plane in strips of x, sorted by y inside each strip; see strips.hpp.
struct StripsView {
  const double* x;
  const double* y;
  const std::int64_t* begin;  // of each strip, and the end of the last
  const double* x_min;        // of each strip
  const double* x_max;
  std::int64_t n_strips;
  const std::int32_t* snapshot;     // [b * n_strips + s]: where strip s has got to at the b-th snapshot in y order
  const std::int32_t* snapshot_of;  // of each point, the last snapshot before it
};

// Values that a kernel may read behind the last sorted one; they are infinite.
inline constexpr std::int64_t grid_padding = 16;

// Equally wide cells over a stretch of sorted values; see value_grid.hpp.
struct GridLevel {
  double origin;
  double cells_per_unit;
  double last_cell;         // their number less one
  std::int64_t first_cell;  // where they are in GridView::cells
};

struct GridView {
  const double* sorted;  // n, and grid_padding more
  std::int64_t n;
  const GridLevel* levels;    // the first is the coarsest
  const std::int64_t* cells;  // the first value of each cell, or ~(its level) where it has a grid of its own
};

struct Kernels {
  const char* name;

  // radius[i - begin] = distance of point i of the strip to its k-th nearest other point, k <= max_strip_k; negative
  // for points whose search took more than `budget` candidates and was given up.
  void (*strip_search)(const StripsView& strips, std::int64_t strip, std::int64_t begin, std::int64_t end,
                       std::int64_t k, std::int64_t budget, double* radius);

  // count[i - begin] = how many others of the sorted values are closer to the i-th than radius[i - begin].
  void (*count_sorted)(const GridView& grid, std::int64_t begin, std::int64_t end, const double* radius,
                       std::int64_t* count);
};

inline constexpr std::int64_t max_strip_k = 8;

// The kernels for this machine, or those that the environment variable FASTMI_SIMD names. Throws std::runtime_error if
// that is none of instruction_sets(), or more than the processor has.
const Kernels& kernels();

// Compiled in, from the least to the most demanding: baseline, avx2, avx512.
std::vector<std::string> instruction_sets();

}  // namespace fastmi
