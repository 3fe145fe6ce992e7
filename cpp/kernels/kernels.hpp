// The inner loops that exist once for each instruction set, and the choice among them.
#pragma once

#include <cstddef>
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
  const std::int32_t* snapshot;  // [b * n_strips + s]: where strip s has got to at the b-th snapshot in y order
  std::int64_t n_snapshots;
};

// Values that a kernel may read behind the last sorted one; they are infinite.
inline constexpr std::int64_t grid_padding = 16;

// Equally wide cells over a stretch of sorted values; see value_grid.hpp.
struct GridLevel {
  double origin;
  double cells_per_unit;
  double last_cell;         // their number less one, which fits 32 bits
  std::int64_t first_cell;  // where they are in GridView::cells
};

struct GridView {
  const double* sorted;  // n, and grid_padding more
  std::int64_t n;
  const GridLevel* levels;    // the first is the coarsest
  const std::int64_t* cells;  // the value before the first of each, or ~(its level) where it has a grid of its own
};

// Doubles that a kernel may read behind those it asks for.
inline constexpr std::int64_t lane_padding = 8;

// How distances in several columns make one: the greatest, or the root of the sum of their squares.
enum class Metric { chebyshev, euclidean };

// Nodes of a k-d tree whose boxes lie side by side, so that they can be compared with another at once. A multiple of
// every number of lanes.
inline constexpr std::int64_t node_block = 8;

// Doubles that a record of a sample is rounded up to while a tree is built: half a cache line.
inline constexpr std::int64_t record_multiple = 4;

// A k-d tree; see kd_tree.hpp.
struct TreeView {
  std::int64_t n_columns;
  int depth;                       // level of the leaves
  const std::int64_t* leaf_begin;  // the position that each begins at, and the end of the last
  const double* points;            // leaf by leaf, column after column in each; lane_padding more may be read
  const double* boxes;             // of node_block nodes: for each column the lower bounds, then the upper
  const double* periods;           // of each column; infinite where it is linear
  bool periodic;                   // whether any is
  Metric metric;
};

inline constexpr std::int64_t max_leaf_size = 32;

// At most leaf_size points, column after column, `stride` apart; lane_padding more may be read behind each.
struct LeafView {
  const double* points;
  std::int64_t stride;
  const double* period;  // of each column; infinite where it is linear
  std::int64_t n_columns;
  std::int64_t size;
};

inline constexpr std::int64_t leaf_size = 128;
inline constexpr std::int64_t block_size = 512;  // points of a bitmap
inline constexpr int n_bins = 64;
inline constexpr int n_bin_groups = 8;
inline constexpr std::int64_t bitmaps_per_column = n_bins + 1;

// One end of every bin of a column, ascending, and that of the last bin of each group of bins.
struct BinEnds {
  double of_bin[n_bins];
  double of_group[n_bin_groups];
};

// A linear column cut into bins: the least and the greatest value in each. Bins left empty, at the end, have infinity.
struct alignas(64) BinnedColumn {
  BinEnds lower;
  BinEnds upper;
  std::int64_t lane;
};

// Bins [begin, end), in words of the bitmaps: eight times the number of the bin.
struct BinRange {
  std::uint16_t begin;
  std::uint16_t end;
};

// The columns of x, of y or of both; lanes are a multiple of eight.
struct BitmapSide {
  std::int64_t first_column;
  std::int64_t end_column;
  std::int64_t first_lane;
  std::int64_t end_lane;
  bool periodic;  // some column of it is, and so is not among the binned
};

// Points in blocks, with bitmaps of where they lie in every binned column; see bitmap_index.hpp.
struct BitmapView {
  const double* points;  // [i * n_lanes + lane]; 0 in lanes that no column has
  std::int64_t n_points;
  std::int64_t n_lanes;
  const double* period;  // of each lane; infinite where it is linear
  const BinnedColumn* columns;
  std::int64_t n_columns;
  const std::uint64_t* present;  // of each block, which of its points there are
  const std::uint64_t*
      bitmaps;                // of each block, column and b from 0 to n_bins, which of its points lie in bins before b
  const double* block_lower;  // [block * n_lanes + lane]; infinite where a lane has no binned column
  const double* block_upper;
  BitmapSide joint;
};

// What a search of the bitmaps knows of every point i of a leaf, and goes on with.
struct BitmapSearch {
  const BitmapView& view;
  std::int64_t leaf;
  std::int64_t k;
  double* nearest;           // [i * k]: a heap of the k smallest distances, the greatest first
  BinRange* ranges;          // [i * n_columns], for the radius that follows
  double* radius_of_ranges;  // [i]
  // Along the way, the distances by the columns of one side, of all that may be closer there than the k-th neighbour;
  // or more than max_collected where they were too many and are no longer collected.
  BitmapSide collecting;
  BitmapSide other;
  double* collected;  // [i * max_collected]
  std::int64_t* n_collected;
};

inline constexpr std::int64_t max_collected = 128;

// Queries of a density that are answered together, a multiple of every number of lanes; and the most centres that are
// added to their sums at a time.
inline constexpr std::int64_t density_tile = 16;
inline constexpr std::int64_t density_block = 128;

// Some of the centres of a kernel density; see log_density.hpp.
struct CentresView {
  const double* points;  // [j * n_columns + c]
  std::int64_t n_points;
  std::int64_t n_columns;
  std::int64_t first;               // what number the first of them has
  const double* inverse_bandwidth;  // of each column
};

// What a tile of queries has gathered of the centres so far, one entry a query. d is the distance in bandwidths.
struct KernelSums {
  double nearest[density_tile];  // the least d^2
  double weight[density_tile];   // the sum of w = exp(-(d^2 - nearest) / 2)
  double moment[density_tile];   // the sum of w (d^2 - nearest) / 2
};

// Samples where the caller keeps them, at any strides (in values, not in bytes).
struct SampleView {
  const double* first;
  std::int64_t n_rows;
  std::int64_t n_columns;
  std::ptrdiff_t row_stride;
  std::ptrdiff_t column_stride;
};

// Rows that a kernel takes at a time, few enough for all it makes of them to stay in the first-level cache.
inline constexpr std::int64_t block_rows = 1024;

// Equally wide bins of one column; see bin_grid.hpp.
struct EqualBins {
  const double* edges;  // size + 1
  double low;           // the first edge
  double high;          // the last
  double scale;         // bins per unit
  double margin;        // how far from an integer (value - low) * scale tells the bin; never, from 0.5 on
  std::int32_t size;
};

struct CellGrid {
  const EqualBins* columns;
  std::uint64_t n_cells;  // also stands for the cell of a row that is in none
};

// Draws that are made at a time: those of one counter of each of 16 lanes, four words each.
inline constexpr std::int64_t draw_group = 64;

// One column of a draw: an alias table whose outcomes are bins, and outside as the last; see alias_tables.hpp.
struct DrawnColumn {
  const std::uint32_t* slots;
  int slot_bits;
  std::uint32_t first_bin;
  std::uint32_t n_bins;
  std::uint32_t number;  // of the column, for the random words
  std::uint32_t stride;  // of a bin, in cells
};

// What random words depend on, beside the column and the number of the draw.
struct DrawStream {
  std::uint32_t seed[2];
  std::uint32_t centre;
  std::uint64_t prefix;
};

// The masses of one column's bins under one centre's kernel; lane_padding zeros follow.
struct MassColumn {
  const double* mass;
  std::int64_t first_bin;
  std::int64_t n_bins;
  std::int64_t stride;  // of a bin, in cells; 1 in the last column
};

inline constexpr std::int64_t product_block = 32;

struct Kernels {
  const char* name;

  // radius[i - begin] = distance of point i of the strip to its k-th nearest other point, k <= max_register_k; and in
  // before, unless it is null, that to the one before it, k > 1.
  void (*strip_search)(const StripsView& strips, std::int64_t strip, std::int64_t begin, std::int64_t end,
                       std::int64_t k, double* radius, double* before);

  // count[i - begin] = how many others of the sorted values are closer to the i-th than radius[i - begin].
  void (*count_sorted)(const GridView& grid, std::int64_t begin, std::int64_t end, const double* radius,
                       std::int64_t* count);

  // radius[i] = distance of the i-th point of a leaf of `asking` to its k-th nearest point of the tree, squared if the
  // metric is Euclidean. Where both are the same tree, a point is not its own neighbour. Scratch: max_leaf_size * k.
  // `radius` has room for max_leaf_size, and is 0 at first.
  void (*tree_search)(const TreeView& tree, const TreeView& asking, std::int64_t leaf, std::int64_t k, double* scratch,
                      double* radius);

  // count[i] = how many other points are closer to the i-th of the leaf than radius[i], in the max-norm; both have room
  // for max_leaf_size.
  void (*tree_count)(const TreeView& tree, std::int64_t leaf, const double* radius, std::int64_t* count);

  // The same as inside[i], and in within[i] also those at that very distance.
  void (*tree_count_around)(const TreeView& tree, std::int64_t leaf, const double* radius, std::int64_t* inside,
                            std::int64_t* within);

  // Among all other points whose distance to the i-th of the leaf is at most radius[i], in the max-norm: the greatest
  // by the first n_first columns, and by the others. All have room for max_leaf_size.
  void (*tree_extents)(const TreeView& tree, std::int64_t leaf, const double* radius, std::int64_t n_first,
                       double* first, double* second);

  // To build a tree, from n records of `size` doubles each, which is a multiple of record_multiple; see kd_tree.cpp.
  // Up to lane_padding more doubles may be read behind all that is given, and written behind what is kept or found.
  //
  // The least and the greatest at each place of a record.
  void (*find_ranges)(const double* records, std::int64_t n, std::int64_t size, double* least, double* greatest);

  // Keeps the values from lower to upper, in their order, and returns how many; and how many are less.
  std::int64_t (*keep_between)(const double* values, std::int64_t n, double lower, double upper, double* kept,
                               std::int64_t* n_less);

  // The value that `rank` others come before, in order, of at most max_leaf_size; and how many are less than it.
  double (*kth_of_few)(const double* values, std::int64_t n, std::int64_t rank, std::int64_t* n_less);

  // Copies the records to the left whose keys are less than `middle`, or among the first n_equal that equal it, and the
  // others to the right.
  void (*share_out)(const double* records, const double* keys, std::int64_t n, std::int64_t size, double middle,
                    std::int64_t n_equal, double* left, double* right);

  // bin[i] = how many bins end before values[i * stride]. The last of them ends at infinity.
  void (*find_bins)(const BinEnds& upper, const double* values, std::int64_t stride, std::int64_t n, std::uint8_t* bin);

  // nearest[i * k ...] = a heap of the k smallest distances of point i to others of the leaf, the greatest first;
  // infinite where there are not so many.
  void (*leaf_search)(const LeafView& leaf, std::int64_t k, double* nearest);

  // Goes on with the points of the blocks; those of the leaf itself are among the nearest already.
  void (*bitmap_search)(const BitmapSearch& search, const std::int64_t* blocks, std::int64_t n_blocks);

  // count[i] += how many points of the blocks are closer to the i-th of the leaf than radius[i], itself included, by
  // the columns of one side. `ranges` is room for 2 * n_columns per point of a leaf.
  void (*bitmap_count)(const BitmapView& view, const BitmapSide& side, std::int64_t leaf, const std::int64_t* blocks,
                       std::int64_t n_blocks, BinRange* ranges, const double* radius, std::int64_t* count);

  // Adds at most density_block centres to the sums of a tile, whose points are queries[c * density_tile + i]; without
  // the centre of the number left_out[i].
  void (*add_centres)(const CentresView& centres, const double* queries, const std::int64_t* left_out,
                      KernelSums& sums);

  // cells[i] = the row-major number of the cell that row begin + i lies in, n <= block_rows; n_cells if it is outside
  // the range of a column, or has NaN. Whether all values are finite.
  bool (*find_cells_32)(const CellGrid& grid, const SampleView& samples, std::int64_t begin, std::int64_t n,
                        std::uint32_t* cells);
  bool (*find_cells_64)(const CellGrid& grid, const SampleView& samples, std::int64_t begin, std::int64_t n,
                        std::uint64_t* cells);

  // The extremes of every column in rows [begin, begin + n), n <= block_rows; false, with any extremes, if a value is
  // not finite.
  bool (*find_extremes)(const SampleView& samples, std::int64_t begin, std::int64_t n, double* least, double* greatest);

  // cells[i] = the cell of draw i of groups [first_group, first_group + n_groups), times n_copies, plus i modulo
  // n_copies, which is a power of two up to 16. Draws outside in any column have n_cells * n_copies, less than 2^31.
  void (*draw_cells)(const DrawStream& stream, const DrawnColumn* columns, std::int64_t n_columns,
                     std::uint32_t n_copies, std::uint32_t n_cells, std::int64_t first_group, std::int64_t n_groups,
                     std::uint32_t* cells);

  // Adds weight times the product of the columns' masses to the cells, but for products, before the last column, that
  // are less than `least`. There are lane_padding more cells, which may have zeros added.
  void (*add_product)(const MassColumn* columns, std::int64_t n_columns, double weight, double least, double* cells);

  // The sum over i < n, a multiple of product_block, of the product of all rows[r][i].
  double (*sum_products)(const double* const* rows, std::int64_t n_rows, std::int64_t n);
};

// The greatest k for which neighbours are kept in registers, and the strips' greatest.
inline constexpr std::int64_t max_register_k = 8;

// The kernels for this machine, or those that the environment variable FASTMI_SIMD names. Throws std::runtime_error if
// that is none of instruction_sets(), or more than the processor has.
const Kernels& kernels();

// Compiled in, from the least to the most demanding: baseline, avx2, avx512.
std::vector<std::string> instruction_sets();

}  // namespace fastmi
