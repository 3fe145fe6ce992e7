// A grid over sorted values: where, about, does a given value stand among them?
//
// Cells are equally wide, about as many as values. A cell that holds too many, as in a heavy tail or a tight cluster,
// gets a grid of its own over the values in it, and so on: a few levels bring any continuous column down to a few
// values a cell. Runs of equal values stay as they are.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "buffer.hpp"
#include "kernels/kernels.hpp"

namespace fastmi {

class ValueGrid {
 public:
  ValueGrid() = default;
  explicit ValueGrid(std::span<const double> sorted);

  // `padded`: the sorted values, with grid_padding infinite ones behind them.
  GridView view(std::span<const double> padded) const;

 private:
  void add_level(std::span<const double> sorted, std::int64_t begin, std::int64_t end, int depth);

  std::vector<GridLevel> levels_;
  Buffer<std::int64_t> cells_;
};

}  // namespace fastmi
