#include "convert.hpp"
#include "log_density.hpp"
#include "normal_mixture.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace fastmi::bindings {
namespace {

// Contiguous, row after row; the Python layer makes it so.
template <class T>
using Rows = py::array_t<T, py::array::c_style>;

template <class T>
std::span<const T> to_span(const Rows<T>& array) {
  return {array.data(), static_cast<std::size_t>(array.size())};
}

Points to_points(const Rows<double>& array) { return {to_span(array), array.shape(1)}; }

auto of_queries(const Rows<double>& centres, const Rows<double>& bandwidth, const Rows<double>& queries, int workers) {
  const KernelMixture mixture{to_points(centres), to_span(bandwidth)};
  return to_array(without_gil(workers, [&, points = to_points(queries)](Execution& execution) {
    return log_density(mixture, points, execution);
  }));
}

py::tuple of_others(const Rows<double>& centres, const Rows<double>& bandwidth, const Rows<std::int64_t>& rows,
                    int workers) {
  const KernelMixture mixture{to_points(centres), to_span(bandwidth)};
  LeftOut found = without_gil(workers, [&, numbers = to_span(rows)](Execution& execution) {
    return leave_one_out(mixture, numbers, execution);
  });
  return py::make_tuple(to_array(std::move(found.log_density)), to_array(std::move(found.mean_square)),
                        to_array(std::move(found.nearest)));
}

auto cdf(const Rows<double>& centres, double bandwidth, const Rows<double>& x, int workers) {
  return to_array(without_gil(workers, [&, sorted = to_span(centres), points = to_span(x)](Execution& execution) {
    return normal_mixture_cdf(sorted, bandwidth, points, execution);
  }));
}

}  // namespace

void register_kernel_density(py::module_& module) {
  module.def("log_density", &of_queries, py::arg("centres").noconvert(), py::arg("bandwidth").noconvert(),
             py::arg("queries").noconvert(), py::arg("workers"));
  module.def("leave_one_out", &of_others, py::arg("centres").noconvert(), py::arg("bandwidth").noconvert(),
             py::arg("rows").noconvert(), py::arg("workers"));
  module.def("normal_mixture_cdf", &cdf, py::arg("centres").noconvert(), py::arg("bandwidth"), py::arg("x").noconvert(),
             py::arg("workers"));
}

}  // namespace fastmi::bindings
