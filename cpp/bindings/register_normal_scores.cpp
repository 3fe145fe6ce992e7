#include "convert.hpp"
#include "normal_scores.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace fastmi::bindings {
namespace {

template <class Scores>
Matrix scores_of(const Matrix& x, int workers, const Scores& scores) {
  Matrix found({x.shape(0), x.shape(1)});
  const std::span<const double> columns(x.data(), static_cast<std::size_t>(x.size()));
  const std::span<double> to(found.mutable_data(), static_cast<std::size_t>(found.size()));
  without_gil(workers, [&, n = x.shape(0)](Execution& execution) { scores(columns, n, execution, to); });
  return found;
}

}  // namespace

void register_normal_scores(py::module_& module) {
  module.def(
      "normal_quantile",
      [](const py::array_t<double>& p) {
        std::vector<double> z;
        z.reserve(static_cast<std::size_t>(p.size()));
        for (py::ssize_t i = 0; i < p.size(); ++i) z.push_back(normal_quantile(p.at(i)));
        return to_array(std::move(z));
      },
      py::arg("p").noconvert());
  module.def(
      "uniform_scores", [](const Matrix& x, int workers) { return scores_of(x, workers, &uniform_scores); },
      py::arg("x").noconvert(), py::arg("workers"));
  module.def(
      "normal_scores", [](const Matrix& x, int workers) { return scores_of(x, workers, &normal_scores); },
      py::arg("x").noconvert(), py::arg("workers"));
}

}  // namespace fastmi::bindings
