#include <pybind11/stl.h>

#include "convert.hpp"
#include "count_keys.hpp"
#include "extremes.hpp"
#include "histogram.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace fastmi::bindings {
namespace {

using StridedMatrix = py::array_t<double, 0>;
using Edges = std::vector<py::array_t<double, py::array::c_style>>;

SampleView to_view(const StridedMatrix& x) {
  constexpr py::ssize_t size = sizeof(double);
  return {x.data(), x.shape(0), x.shape(1), x.strides(0) / size, x.strides(1) / size};
}

BinGrid to_grid(const Edges& edges) {
  std::vector<std::span<const double>> columns;
  for (const auto& column : edges) columns.emplace_back(column.data(), static_cast<std::size_t>(column.size()));
  return BinGrid(columns);
}

py::tuple extremes(const StridedMatrix& x, int workers) {
  const SampleView samples = to_view(x);
  const Extremes found = without_gil(workers, [&](Execution& execution) { return find_extremes(samples, execution); });
  std::vector<std::pair<double, double>> ranges;
  for (const Range& range : found.columns) ranges.emplace_back(range.least, range.greatest);
  return py::make_tuple(ranges, found.n_with_nan, found.first_with_nan, found.first_infinite);
}

py::tuple fill(const StridedMatrix& x, const Edges& edges, py::array_t<std::int64_t, py::array::c_style>& counts,
               int workers) {
  const SampleView samples = to_view(x);
  const BinGrid grid = to_grid(edges);
  const std::span cells(counts.mutable_data(), static_cast<std::size_t>(counts.size()));
  const Rest rest =
      without_gil(workers, [&](Execution& execution) { return fill_histogram(samples, grid, cells, execution); });
  return py::make_tuple(rest.n_rows, rest.all_finite);
}

py::tuple sparse(const StridedMatrix& x, const Edges& edges, int workers) {
  const SampleView samples = to_view(x);
  const BinGrid grid = to_grid(edges);
  SparseHistogram found =
      without_gil(workers, [&](Execution& execution) { return sparse_histogram(samples, grid, execution); });
  return py::make_tuple(to_array(std::move(found.cells.keys)).view("int64"), to_array(std::move(found.cells.counts)),
                        found.rest.n_rows, found.rest.all_finite);
}

py::tuple counted(const py::array_t<std::uint64_t, py::array::c_style>& keys, int workers) {
  Buffer<std::uint64_t> copy(keys.data(), keys.data() + keys.size());
  KeyCounts found = without_gil(workers, [&](Execution& execution) { return count_keys(std::move(copy), execution); });
  return py::make_tuple(to_array(std::move(found.keys)), to_array(std::move(found.counts)));
}

}  // namespace

void register_histogram(py::module_& module) {
  module.def("find_extremes", &extremes, py::arg("x").noconvert(), py::arg("workers"));
  module.def("fill_histogram", &fill, py::arg("x").noconvert(), py::arg("edges"), py::arg("counts").noconvert(),
             py::arg("workers"));
  module.def("sparse_histogram", &sparse, py::arg("x").noconvert(), py::arg("edges"), py::arg("workers"));
  module.def("count_keys", &counted, py::arg("keys").noconvert(), py::arg("workers"));
}

}  // namespace fastmi::bindings
