#include "convert.hpp"

namespace fastmi::bindings {
namespace {

std::span<const double> column_of(const Matrix& matrix, pybind11::ssize_t c) {
  const auto n = static_cast<std::size_t>(matrix.shape(0));
  return {matrix.data() + static_cast<std::size_t>(c) * n, n};
}

}  // namespace

Samples to_samples(const Matrix& matrix, const std::vector<double>& periods) {
  Samples samples(matrix.shape(0));
  for (pybind11::ssize_t c = 0; c < matrix.shape(1); ++c) {
    samples.append(column_of(matrix, c), Axis(periods[static_cast<std::size_t>(c)]));
  }
  return samples;
}

}  // namespace fastmi::bindings
