// Samples of one or several columns, stored by column.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "axis.hpp"
#include "buffer.hpp"

namespace fastmi {

class Samples {
 public:
  explicit Samples(std::int64_t n_samples) : n_samples_(n_samples) {}

  // Copies the column; periodic values are wrapped on the way in.
  void append(std::span<const double> column, Axis axis);
  void append(const Samples& other);

  std::int64_t size() const { return n_samples_; }
  std::int64_t n_columns() const { return static_cast<std::int64_t>(axes_.size()); }
  const std::vector<Axis>& axes() const { return axes_; }
  std::span<const double> column(std::int64_t c) const {
    return std::span(values_).subspan(static_cast<std::size_t>(c * n_samples_), static_cast<std::size_t>(n_samples_));
  }

 private:
  std::int64_t n_samples_;
  std::vector<Axis> axes_;
  Buffer<double> values_;
};

}  // namespace fastmi
