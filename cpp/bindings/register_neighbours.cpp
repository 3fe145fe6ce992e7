#include <pybind11/stl.h>

#include "convert.hpp"
#include "neighbours.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace fastmi::bindings {
namespace {

using Radius = py::array_t<double, py::array::c_style>;

// What Python holds: the samples' neighbours, and how many threads look for them.
struct Asked {
  Neighbours neighbours;
  int workers;
};

std::unique_ptr<Asked> prepare(const Matrix& samples, const std::vector<double>& period, int workers, bool euclidean) {
  const Metric metric = euclidean ? Metric::euclidean : Metric::chebyshev;
  return std::make_unique<Asked>(Asked{Neighbours(to_samples(samples, period), metric), workers});
}

auto kth_distances(Asked& asked, std::int64_t k) {
  return to_array(
      without_gil(asked.workers, [&](Execution& execution) { return asked.neighbours.kth_distances(k, execution); }));
}

auto kth_distances_of(Asked& asked, Asked& queries, std::int64_t k) {
  return to_array(without_gil(asked.workers, [&](Execution& execution) {
    return asked.neighbours.kth_distances_of(queries.neighbours, k, execution);
  }));
}

auto count_closer(Asked& asked, const Radius& radius) {
  const std::span<const double> radii(radius.data(), static_cast<std::size_t>(radius.size()));
  return to_array(without_gil(asked.workers,
                              [&](Execution& execution) { return asked.neighbours.count_closer(radii, execution); }));
}

py::tuple extents(Asked& asked, const Radius& radius, std::int64_t n_first) {
  const std::span<const double> radii(radius.data(), static_cast<std::size_t>(radius.size()));
  auto [first, second] = without_gil(
      asked.workers, [&](Execution& execution) { return asked.neighbours.extents(radii, n_first, execution); });
  return py::make_tuple(to_array(std::move(first)), to_array(std::move(second)));
}

}  // namespace

void register_neighbours(py::module_& module) {
  py::class_<Asked>(module, "Neighbours")
      .def(py::init(&prepare), py::arg("samples").noconvert(), py::arg("period"), py::arg("workers"),
           py::arg("euclidean") = false)
      .def("kth_distances", &kth_distances, py::arg("k"))
      .def("kth_distances_of", &kth_distances_of, py::arg("queries"), py::arg("k"))
      .def("count_closer", &count_closer, py::arg("radius").noconvert())
      .def("extents", &extents, py::arg("radius").noconvert(), py::arg("n_first"));
}

}  // namespace fastmi::bindings
