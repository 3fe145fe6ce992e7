#include <pybind11/stl.h>

#include "convert.hpp"
#include "ksg_permutations.hpp"
#include "local_permutation.hpp"
#include "register.hpp"
#include "shuffle.hpp"

namespace py = pybind11;

namespace fastmi::bindings {
namespace {

using Periods = std::vector<double>;
using Rows = py::array_t<std::int64_t, py::array::c_style>;

template <class T>
std::span<const T> to_span(const py::array_t<T, py::array::c_style>& array) {
  return {array.data(), static_cast<std::size_t>(array.size())};
}

// What Python holds: all that is the same for every permutation, and how many threads go through them.
template <class Permutations>
struct Asked {
  Permutations permutations;
  int workers;
};
using Pairs = Asked<KsgPairPermutations>;
using Joint = Asked<KsgJointPermutations>;

template <class Asked>
auto estimates(const Asked& asked, const Rows& rows) {
  return to_array(without_gil(asked.workers, [&, all = to_span(rows)](Execution& execution) {
    return asked.permutations.estimates(all, execution);
  }));
}

std::unique_ptr<Pairs> prepare_pairs(const Matrix& x, const Matrix& y, const Periods& x_period, const Periods& y_period,
                                     std::int64_t k, int workers,
                                     const std::vector<std::pair<std::int64_t, std::int64_t>>& columns) {
  std::vector<ColumnPair> pairs;
  for (const auto& [i, j] : columns) pairs.push_back({i, j});
  return without_gil(workers, [&](Execution& execution) {
    return std::make_unique<Pairs>(
        Pairs{KsgPairPermutations(to_samples(x, x_period), to_samples(y, y_period), pairs, k, execution), workers});
  });
}

std::unique_ptr<Joint> prepare_joint(const Matrix& x, const Matrix& y, const Periods& x_period, const Periods& y_period,
                                     std::int64_t k, int workers) {
  return without_gil(workers, [&](Execution& execution) {
    return std::make_unique<Joint>(
        Joint{KsgJointPermutations(to_samples(x, x_period), to_samples(y, y_period), k, execution), workers});
  });
}

auto shuffled(const py::array_t<std::uint64_t, py::array::c_style>& seeds, std::int64_t n, int workers) {
  return to_array(
      without_gil(workers, [&, all = to_span(seeds)](Execution& execution) { return shuffles(all, n, execution); }));
}

auto nearest(const Matrix& z, const Periods& period, const py::array_t<double, py::array::c_style>& radius,
             std::int64_t most, int workers) {
  return to_array(without_gil(workers, [&, reach = to_span(radius)](Execution& execution) {
    return nearest_rows(to_samples(z, period), reach, most, execution);
  }));
}

auto take(const Rows& order, const Rows& candidates) {
  Rows rows(order.size());
  take_in_turn(to_span(order), to_span(candidates), candidates.shape(1),
               {rows.mutable_data(), static_cast<std::size_t>(rows.size())});
  return rows;
}

}  // namespace

void register_permutations(py::module_& module) {
  py::class_<Pairs>(module, "KsgPairPermutations")
      .def(py::init(&prepare_pairs), py::arg("x").noconvert(), py::arg("y").noconvert(), py::arg("x_period"),
           py::arg("y_period"), py::arg("k"), py::arg("workers"), py::arg("pairs"))
      .def("estimates", &estimates<Pairs>, py::arg("rows").noconvert());
  py::class_<Joint>(module, "KsgJointPermutations")
      .def(py::init(&prepare_joint), py::arg("x").noconvert(), py::arg("y").noconvert(), py::arg("x_period"),
           py::arg("y_period"), py::arg("k"), py::arg("workers"))
      .def("estimates", &estimates<Joint>, py::arg("rows").noconvert());
  module.def("shuffles", &shuffled, py::arg("seeds").noconvert(), py::arg("n"), py::arg("workers"));
  module.def("nearest_rows", &nearest, py::arg("z").noconvert(), py::arg("period"), py::arg("radius").noconvert(),
             py::arg("most"), py::arg("workers"));
  module.def("take_in_turn", &take, py::arg("order").noconvert(), py::arg("candidates").noconvert());
}

}  // namespace fastmi::bindings
