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
  return std::unique_ptr<Asked>(new Asked{Neighbours(to_samples(samples, period), metric), workers});
}

template <class Question>
auto ask(const Asked& asked, const Question& question) {
  return without_gil(asked.workers, [&](Execution& execution) { return question(asked.neighbours, execution); });
}

std::span<const double> to_span(const Radius& radius) {
  return {radius.data(), static_cast<std::size_t>(radius.size())};
}

auto kth_distances(const Asked& asked, std::int64_t k) {
  return to_array(
      ask(asked, [k](const Neighbours& points, Execution& execution) { return points.kth_distances(k, execution); }));
}

py::tuple kth_and_next(const Asked& asked, std::int64_t k) {
  auto [kth, next] =
      ask(asked, [k](const Neighbours& points, Execution& execution) { return points.kth_and_next(k, execution); });
  return py::make_tuple(to_array(std::move(kth)), to_array(std::move(next)));
}

auto kth_distances_of(const Asked& asked, const Asked& queries, std::int64_t k) {
  return to_array(ask(asked, [&](const Neighbours& points, Execution& execution) {
    return points.kth_distances_of(queries.neighbours, k, execution);
  }));
}

auto count_closer(const Asked& asked, const Radius& radius) {
  return to_array(ask(asked, [radii = to_span(radius)](const Neighbours& points, Execution& execution) {
    return points.count_closer(radii, execution);
  }));
}

py::tuple count_around(const Asked& asked, const Radius& radius) {
  auto [inside, within] = ask(asked, [radii = to_span(radius)](const Neighbours& points, Execution& execution) {
    return points.count_around(radii, execution);
  });
  return py::make_tuple(to_array(std::move(inside)), to_array(std::move(within)));
}

py::tuple extents(const Asked& asked, const Radius& radius, std::int64_t n_first) {
  auto [first, second] = ask(asked, [=, radii = to_span(radius)](const Neighbours& points, Execution& execution) {
    return points.extents(radii, n_first, execution);
  });
  return py::make_tuple(to_array(std::move(first)), to_array(std::move(second)));
}

}  // namespace

void register_neighbours(py::module_& module) {
  py::class_<Asked>(module, "Neighbours")
      .def(py::init(&prepare), py::arg("samples").noconvert(), py::arg("period"), py::arg("workers"),
           py::arg("euclidean") = false)
      .def("kth_distances", &kth_distances, py::arg("k"))
      .def("kth_and_next", &kth_and_next, py::arg("k"))
      .def("kth_distances_of", &kth_distances_of, py::arg("queries"), py::arg("k"))
      .def("count_closer", &count_closer, py::arg("radius").noconvert())
      .def("count_around", &count_around, py::arg("radius").noconvert())
      .def("extents", &extents, py::arg("radius").noconvert(), py::arg("n_first"));
}

}  // namespace fastmi::bindings
