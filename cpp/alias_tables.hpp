// Walker's alias tables: the bin of a draw by one random word, whatever the number of bins.
//
// A table has 2^slot_bits slots. The low bits of a random word choose one; its other bits are less than the slot's
// share, and the outcome is the slot, or they are not, and it is the slot's alias. Shares are whole numbers, so that a
// table gives each outcome a probability that is exactly a multiple of 2^-32.
//
// A. J. Walker, "An efficient method for generating discrete random variables with general distributions", ACM
// Transactions on Mathematical Software 3, 253 (1977).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bin_masses.hpp"
#include "buffer.hpp"
#include "execution.hpp"
#include "kernels/kernels.hpp"

namespace fastmi {

// The masses as whole numbers that sum to 2^32, however many they are: the differences of their rounded sums.
std::vector<std::uint64_t> weights_of(std::span<const double> mass);

// Fills slots, a power of two of at least as many as there are weights, which sum to 2^32.
void fill_alias_table(std::span<const std::uint64_t> weights, std::span<std::uint32_t> slots);

// One table for every centre and column. Outcomes are the bins of the centre's window, and outside as the last; bins
// that together hold less than 2^-33 at either end of a window are not in it.
class AliasTables {
 public:
  AliasTables(const BinMasses& masses, Execution& execution);

  // With a stride of 1.
  DrawnColumn column(std::size_t column, std::int64_t centre) const;

 private:
  struct Column {
    int slot_bits;
    Buffer<std::uint32_t> slots;
    Buffer<std::uint32_t> first_bin;
    Buffer<std::uint32_t> n_bins;
  };
  std::vector<Column> columns_;
};

}  // namespace fastmi
