// What crosses between NumPy and the core, and nothing else.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <span>
#include <utility>
#include <vector>

#include "execution.hpp"
#include "interruption.hpp"
#include "samples.hpp"

namespace fastmi::bindings {

// float64, two-dimensional, column after column in memory; the Python layer makes it so.
using Matrix = pybind11::array_t<double, pybind11::array::f_style>;

Samples to_samples(const Matrix& matrix, const std::vector<double>& periods);

// The array takes over the vector's memory.
template <class Vector>
auto to_array(Vector values) {
  auto* owned = new Vector(std::move(values));
  const pybind11::capsule owner(owned, [](void* p) { delete static_cast<Vector*>(p); });
  return pybind11::array_t<typename Vector::value_type>(static_cast<pybind11::ssize_t>(owned->size()), owned->data(),
                                                        owner);
}

// Runs `compute(execution)` without the GIL, and `report()` with it every now and then. Ctrl-C, an interruption that
// this thread heeds and an exception of report() stop it, and come out as Python's own.
template <class Report, class Compute>
auto without_gil(int workers, const Report& report, const Compute& compute) {
  try {
    const pybind11::gil_scoped_release release;
    Execution execution(workers, [&] {
      const pybind11::gil_scoped_acquire acquire;
      if (PyErr_CheckSignals() != 0) return true;
      if (Interruption::is_requested_here()) {
        PyErr_SetNone(PyExc_KeyboardInterrupt);
        return true;
      }
      try {
        report();
      } catch (pybind11::error_already_set& error) {
        error.restore();
        return true;
      }
      return false;
    });
    return compute(execution);
  } catch (const Interrupted&) {
    throw pybind11::error_already_set();
  }
}

template <class Compute>
auto without_gil(int workers, const Compute& compute) {
  return without_gil(workers, [] {}, compute);
}

}  // namespace fastmi::bindings
