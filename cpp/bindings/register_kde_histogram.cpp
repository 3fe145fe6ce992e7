#include <pybind11/stl.h>

#include <numeric>

#include "convert.hpp"
#include "expected_plugin.hpp"
#include "kde_cells.hpp"
#include "kde_draws.hpp"
#include "kde_limit.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace fastmi::bindings {
namespace {

using Vector = py::array_t<double, py::array::c_style>;
using Integers = py::array_t<std::int64_t, py::array::c_style>;

template <class T>
std::span<const T> to_span(const py::array_t<T, py::array::c_style>& values) {
  return {values.data(), static_cast<std::size_t>(values.size())};
}

// Views of the arrays, which outlive it.
KdeGrid to_grid(const Matrix& centres, const std::vector<double>& bandwidth, const std::vector<Vector>& edges) {
  KdeGrid grid;
  const auto n = static_cast<std::size_t>(centres.shape(0));
  for (std::size_t c = 0; c < bandwidth.size(); ++c) {
    grid.push_back({std::span(centres.data() + c * n, n), bandwidth[c], to_span(edges[c])});
  }
  return grid;
}

// Takes over the cells, as a table of the grid's shape.
template <class T>
py::array to_table(const KdeGrid& kde, Buffer<T> cells) {
  std::vector<py::ssize_t> shape;
  for (const KdeColumn& column : kde) shape.push_back(column.n_bins());
  return to_array(std::move(cells)).reshape(shape);
}

// Runs `count(draws, execution)`; on the way, progress(n_done) says how far it is, unless it is None.
template <class Count>
auto watched(const KdeGrid& kde, const Integers& n_draws, std::uint64_t seed, const py::object& progress, int workers,
             const Count& count) {
  std::atomic<std::int64_t> n_done{0};
  const KdeDraws draws{kde, to_span(n_draws), seed, n_done};
  const auto n_columns = static_cast<std::int64_t>(kde.size());
  const auto report = [&] {
    if (!progress.is_none()) progress(n_done.load() / n_columns);
  };
  auto result = without_gil(workers, report, [&](Execution& execution) { return count(draws, execution); });
  // A draw that fell outside in a leading column is done without the others.
  n_done = std::accumulate(draws.n_draws.begin(), draws.n_draws.end(), std::int64_t{0}) * n_columns;
  report();
  return result;
}

py::tuple dense(const Matrix& centres, const std::vector<double>& bandwidth, const std::vector<Vector>& edges,
                const Integers& n_draws, std::uint64_t seed, const py::object& progress, int workers) {
  const KdeGrid kde = to_grid(centres, bandwidth, edges);
  auto [counts, outside] =
      watched(kde, n_draws, seed, progress, workers,
              [](const KdeDraws& draws, Execution& execution) { return draw_dense(draws, execution); });
  return py::make_tuple(to_table(kde, std::move(counts)), outside);
}

py::tuple sparse(const Matrix& centres, const std::vector<double>& bandwidth, const std::vector<Vector>& edges,
                 const Integers& n_draws, std::uint64_t seed, const py::object& progress, int workers,
                 std::int64_t max_cells) {
  const KdeGrid kde = to_grid(centres, bandwidth, edges);
  SparseCounts found = watched(kde, n_draws, seed, progress, workers, [&](const KdeDraws& draws, Execution& execution) {
    return draw_sparse(draws, max_cells, execution);
  });
  return py::make_tuple(to_array(std::move(found.cells)), to_array(std::move(found.counts)), found.outside);
}

py::tuple limit(const Matrix& centres, const std::vector<double>& bandwidth, const std::vector<Vector>& edges,
                int workers) {
  const KdeGrid kde = to_grid(centres, bandwidth, edges);
  KdeLimit found = without_gil(workers, [&](Execution& execution) { return kde_limit(kde, execution); });
  return py::make_tuple(to_table(kde, std::move(found.probability)), found.inside, found.outside);
}

py::tuple of_cells(const Matrix& centres, const std::vector<double>& bandwidth, const std::vector<Vector>& edges,
                   const Integers& centre, const std::vector<py::array_t<std::int32_t, py::array::c_style>>& bins,
                   int workers) {
  const KdeGrid kde = to_grid(centres, bandwidth, edges);
  DrawnCells draws{to_span(centre), {}};
  for (const auto& column : bins) draws.bins.push_back(to_span(column));
  CellProbabilities found =
      without_gil(workers, [&](Execution& execution) { return probabilities_of(kde, draws, execution); });
  return py::make_tuple(to_array(std::move(found.probability)), to_array(std::move(found.log_own)), found.mean_log_own,
                        found.inside);
}

py::tuple expected(const Vector& probability, double total, double n_draws, int workers) {
  const PluginTerms mean = without_gil(
      workers, [&](Execution& execution) { return expected_plugin(to_span(probability), total, n_draws, execution); });
  return py::make_tuple(mean.surprise, mean.slope, mean.alone);
}

py::tuple terms(const Vector& probability, double n_draws) {
  std::vector<double> surprise;
  std::vector<double> slope;
  std::vector<double> alone;
  for (const double p : to_span(probability)) {
    const PluginTerms of_draw = plugin_terms(p, n_draws);
    surprise.push_back(of_draw.surprise);
    slope.push_back(of_draw.slope);
    alone.push_back(of_draw.alone);
  }
  return py::make_tuple(to_array(std::move(surprise)), to_array(std::move(slope)), to_array(std::move(alone)));
}

}  // namespace

void register_kde_histogram(py::module_& module) {
  const auto define = [&](const char* name, auto function, const auto&... arguments) {
    module.def(name, function, py::arg("centres").noconvert(), py::arg("bandwidth"), py::arg("edges"), arguments...);
  };
  define("kde_draw_dense", &dense, py::arg("n_draws").noconvert(), py::arg("seed"), py::arg("progress"),
         py::arg("workers"));
  define("kde_draw_sparse", &sparse, py::arg("n_draws").noconvert(), py::arg("seed"), py::arg("progress"),
         py::arg("workers"), py::arg("max_cells"));
  define("kde_limit", &limit, py::arg("workers"));
  define("kde_probabilities", &of_cells, py::arg("centre").noconvert(), py::arg("bins"), py::arg("workers"));
  module.def("expected_plugin", &expected, py::arg("probability").noconvert(), py::arg("total"), py::arg("n_draws"),
             py::arg("workers"));
  module.def("plugin_terms", &terms, py::arg("probability").noconvert(), py::arg("n_draws"));
  py::register_exception<TooManyCells>(module, "TooManyCellsError", PyExc_MemoryError);
}

}  // namespace fastmi::bindings
