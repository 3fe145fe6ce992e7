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

// Doubles that a kernel may read behind those it asks for.
inline constexpr std::int64_t lane_padding = 8;

// A k-d tree; see kd_tree.hpp. Node h at level l holds the positions from ((h - 2^l) * n_samples) >> l on.
struct TreeView {
  std::int64_t n_samples;
  std::int64_t n_columns;
  int depth;                  // level of the leaves
  const double* points;       // column by column, n_samples + lane_padding apart
  const double* boxes;        // lower bounds, then upper bounds of each node
  const std::int32_t* split;  // the column along which each inner node is split
  const double* periods;      // of each column, 0 for linear ones
  bool periodic;              // whether any is
};

inline constexpr std::int64_t max_leaf_size = 32;

struct Kernels {
  const char* name;

  // radius[i - begin] = distance of point i of the strip to its k-th nearest other point, k <= max_strip_k.
  void (*strip_search)(const StripsView& strips, std::int64_t strip, std::int64_t begin, std::int64_t end,
                       std::int64_t k, double* radius);

  // count[i - begin] = how many others of the sorted values are closer to the i-th than radius[i - begin].
  void (*count_sorted)(const GridView& grid, std::int64_t begin, std::int64_t end, const double* radius,
                       std::int64_t* count);

  // radius[i] = distance of the i-th point of the leaf to its k-th nearest other point. Scratch: max_leaf_size * k.
  // `radius` has room for max_leaf_size.
  void (*tree_search)(const TreeView& tree, std::int64_t leaf, std::int64_t k, double* scratch, double* radius);

  // count[i] = how many other points are closer to the i-th of the leaf than radius[i]; both have room for
  // max_leaf_size.
  void (*tree_count)(const TreeView& tree, std::int64_t leaf, const double* radius, std::int64_t* count);
};

inline constexpr std::int64_t max_strip_k = 8;

// The kernels for this machine, or those that the environment variable FASTMI_SIMD names. Throws std::runtime_error if
// that is none of instruction_sets(), or more than the processor has.
const Kernels& kernels();

// Compiled in, from the least to the most demanding: baseline, avx2, avx512.
std::vector<std::string> instruction_sets();

}  // namespace fastmi
