// The kernels of one instruction set, gathered.
#include "kernels.hpp"

#define FASTMI_NAME_OF(isa) #isa
#define FASTMI_NAME(isa) FASTMI_NAME_OF(isa)

namespace fastmi::FASTMI_ISA {

void strip_search(const StripsView& strips, std::int64_t strip, std::int64_t begin, std::int64_t end, std::int64_t k,
                  std::int64_t budget, double* radius);
void count_sorted(const GridView& grid, std::int64_t begin, std::int64_t end, const double* radius,
                  std::int64_t* count);

extern const Kernels table;
const Kernels table{FASTMI_NAME(FASTMI_ISA), &strip_search, &count_sorted};

}  // namespace fastmi::FASTMI_ISA
