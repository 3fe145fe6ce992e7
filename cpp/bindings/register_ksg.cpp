#include <pybind11/stl.h>

#include "convert.hpp"
#include "ksg.hpp"
#include "register.hpp"
#include "ross.hpp"

namespace py = pybind11;

namespace fastmi::bindings {
namespace {

using Periods = std::vector<double>;
using Pairs = std::vector<std::pair<std::int64_t, std::int64_t>>;

template <class Question>
auto ask(const Matrix& x, const Matrix& y, const Periods& x_period, const Periods& y_period, std::int64_t k,
         int workers, Order order, const Question& question) {
  return without_gil(workers, [&](Execution& execution) {
    return question(ksg_counts(to_samples(x, x_period), to_samples(y, y_period), k, order, execution));
  });
}

py::tuple counts(const Matrix& x, const Matrix& y, const Periods& x_period, const Periods& y_period, std::int64_t k,
                 int workers) {
  KsgCounts found = ask(x, y, x_period, y_period, k, workers, Order::rows, [](KsgCounts all) { return all; });
  return py::make_tuple(to_array(std::move(found.radius)), to_array(std::move(found.n_x)),
                        to_array(std::move(found.n_y)));
}

py::tuple estimate(const Matrix& x, const Matrix& y, const Periods& x_period, const Periods& y_period, std::int64_t k,
                   int workers) {
  const auto [value, coincident] = ask(x, y, x_period, y_period, k, workers, Order::any, [k](const KsgCounts& all) {
    return std::pair(ksg1(all, k), n_coincident(all));
  });
  return py::make_tuple(value, coincident);
}

py::tuple local(const Matrix& x, const Matrix& y, const Periods& x_period, const Periods& y_period, std::int64_t k,
                int workers) {
  auto [terms, coincident] = ask(x, y, x_period, y_period, k, workers, Order::rows, [k](const KsgCounts& all) {
    return std::pair(ksg1_local(all, k), n_coincident(all));
  });
  return py::make_tuple(to_array(std::move(terms)), coincident);
}

std::vector<ColumnPair> to_pairs(const Pairs& columns) {
  std::vector<ColumnPair> asked;
  for (const auto& [i, j] : columns) asked.push_back({i, j});
  return asked;
}

py::tuple pairs(const Matrix& x, const Matrix& y, const Periods& x_period, const Periods& y_period, std::int64_t k,
                int workers, const Pairs& columns) {
  const std::vector<ColumnPair> asked = to_pairs(columns);
  const std::vector<PairInformation> found = without_gil(workers, [&](Execution& execution) {
    return ksg1_pairs(to_samples(x, x_period), to_samples(y, y_period), asked, k, execution);
  });
  std::vector<double> value;
  std::vector<std::int64_t> coincident;
  for (const PairInformation& pair : found) {
    value.push_back(pair.mutual_info);
    coincident.push_back(pair.n_coincident);
  }
  return py::make_tuple(to_array(std::move(value)), to_array(std::move(coincident)));
}

auto pairs_with_labels(const Matrix& x, const Matrix& labels, std::int64_t k, int workers, const Pairs& columns,
                       bool from_float32) {
  const std::vector<ColumnPair> asked = to_pairs(columns);
  const Precision precision = from_float32 ? Precision::float32 : Precision::float64;
  return to_array(without_gil(workers, [&](Execution& execution) {
    return ross_pairs(to_samples(x, Periods(static_cast<std::size_t>(x.shape(1)), 0.0)),
                      to_samples(labels, Periods(static_cast<std::size_t>(labels.shape(1)), 0.0)), asked, k, precision,
                      execution);
  }));
}

}  // namespace

void register_ksg(py::module_& module) {
  const auto define = [&](const char* name, auto function) {
    module.def(name, function, py::arg("x").noconvert(), py::arg("y").noconvert(), py::arg("x_period"),
               py::arg("y_period"), py::arg("k"), py::arg("workers"));
  };
  define("ksg_counts", &counts);
  define("ksg1", &estimate);
  define("ksg1_local", &local);
  module.def("ksg1_pairs", &pairs, py::arg("x").noconvert(), py::arg("y").noconvert(), py::arg("x_period"),
             py::arg("y_period"), py::arg("k"), py::arg("workers"), py::arg("pairs"));
  module.def("ross_pairs", &pairs_with_labels, py::arg("x").noconvert(), py::arg("labels").noconvert(), py::arg("k"),
             py::arg("workers"), py::arg("pairs"), py::arg("from_float32") = false);
}

}  // namespace fastmi::bindings
