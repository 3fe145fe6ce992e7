// The kernels of one instruction set, gathered.
#include "kernels.hpp"

#define FASTMI_NAME_OF(isa) #isa
#define FASTMI_NAME(isa) FASTMI_NAME_OF(isa)

namespace fastmi::FASTMI_ISA {

void strip_search(const StripsView& strips, std::int64_t strip, std::int64_t begin, std::int64_t end, std::int64_t k,
                  double* radius, double* before);
void count_sorted(const GridView& grid, std::int64_t begin, std::int64_t end, const double* radius,
                  std::int64_t* count);
void tree_search(const TreeView& tree, const TreeView& asking, std::int64_t leaf, std::int64_t k, double* scratch,
                 double* radius);
void tree_count(const TreeView& tree, std::int64_t leaf, const double* radius, std::int64_t* count);
void tree_count_around(const TreeView& tree, std::int64_t leaf, const double* radius, std::int64_t* inside,
                       std::int64_t* within);
void tree_extents(const TreeView& tree, std::int64_t leaf, const double* radius, std::int64_t n_first, double* first,
                  double* second);
void find_ranges(const double* records, std::int64_t n, std::int64_t size, double* least, double* greatest);
std::int64_t keep_between(const double* values, std::int64_t n, double lower, double upper, double* kept,
                          std::int64_t* n_less);
double kth_of_few(const double* values, std::int64_t n, std::int64_t rank, std::int64_t* n_less);
void share_out(const double* records, const double* keys, std::int64_t n, std::int64_t size, double middle,
               std::int64_t n_equal, double* left, double* right);
void find_bins(const BinEnds& upper, const double* values, std::int64_t stride, std::int64_t n, std::uint8_t* bin);
void leaf_search(const LeafView& leaf, std::int64_t k, double* nearest);
void bitmap_search(const BitmapSearch& search, const std::int64_t* blocks, std::int64_t n_blocks);
void bitmap_count(const BitmapView& view, const BitmapSide& side, std::int64_t leaf, const std::int64_t* blocks,
                  std::int64_t n_blocks, BinRange* ranges, const double* radius, std::int64_t* count);
void add_centres(const CentresView& centres, const double* queries, const std::int64_t* left_out, KernelSums& sums);
bool find_cells_32(const CellGrid& grid, const SampleView& samples, std::int64_t begin, std::int64_t n,
                   std::uint32_t* cells);
bool find_cells_64(const CellGrid& grid, const SampleView& samples, std::int64_t begin, std::int64_t n,
                   std::uint64_t* cells);
bool find_extremes(const SampleView& samples, std::int64_t begin, std::int64_t n, double* least, double* greatest);
void draw_cells(const DrawStream& stream, const DrawnColumn* columns, std::int64_t n_columns, std::uint32_t n_copies,
                std::uint32_t n_cells, std::int64_t first_group, std::int64_t n_groups, std::uint32_t* cells);
void add_product(const MassColumn* columns, std::int64_t n_columns, double weight, double least, double* cells);
double sum_products(const double* const* rows, std::int64_t n_rows, std::int64_t n);

extern const Kernels table;
const Kernels table{FASTMI_NAME(FASTMI_ISA),
                    &strip_search,
                    &count_sorted,
                    &tree_search,
                    &tree_count,
                    &tree_count_around,
                    &tree_extents,
                    &find_ranges,
                    &keep_between,
                    &kth_of_few,
                    &share_out,
                    &find_bins,
                    &leaf_search,
                    &bitmap_search,
                    &bitmap_count,
                    &add_centres,
                    &find_cells_32,
                    &find_cells_64,
                    &find_extremes,
                    &draw_cells,
                    &add_product,
                    &sum_products};

}  // namespace fastmi::FASTMI_ISA
