#include "convert.hpp"
#include "digamma.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace fastmi::bindings {

void register_digamma(py::module_& module) {
  module.def(
      "digamma",
      [](const py::array_t<std::int64_t>& n) {
        std::vector<double> psi;
        psi.reserve(static_cast<std::size_t>(n.size()));
        for (py::ssize_t i = 0; i < n.size(); ++i) psi.push_back(digamma(n.at(i)));
        return to_array(std::move(psi));
      },
      py::arg("n").noconvert());
  module.def(
      "digamma_dot",
      [](const py::array_t<std::int64_t, py::array::c_style>& weight) {
        return digamma_dot({weight.data(), static_cast<std::size_t>(weight.size())});
      },
      py::arg("weight").noconvert());
}

}  // namespace fastmi::bindings
