// Equally wide bins along every column, and the cells they make.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/kernels.hpp"

namespace fastmi {

class BinGrid {
 public:
  // The edges of each column ascend strictly, are within rounding of equally far apart, are not more than 2^31 - 1, and
  // outlive the grid. The product of the numbers of bins fits 63 bits.
  explicit BinGrid(const std::vector<std::span<const double>>& edges);

  std::uint64_t n_cells() const { return n_cells_; }
  CellGrid view() const { return {columns_.data(), n_cells_}; }

 private:
  std::vector<EqualBins> columns_;
  std::uint64_t n_cells_ = 1;
};

}  // namespace fastmi
