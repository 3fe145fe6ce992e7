#include <pybind11/stl.h>

#include "build_info.hpp"
#include "register.hpp"

namespace py = pybind11;

namespace fastmi::bindings {

void register_build_info(py::module_& module) {
  module.def("build_info", [] {
    const BuildInfo info = build_info();
    py::dict fields;
    fields["version"] = info.version;
    fields["compiler"] = info.compiler;
    fields["cpp_standard"] = info.cpp_standard;
    fields["openmp"] = info.openmp.empty() ? py::object(py::none()) : py::object(py::str(info.openmp));
    fields["max_workers"] = info.max_workers;
    fields["instruction_sets"] = py::tuple(py::cast(info.instruction_sets));
    fields["instruction_set"] = info.instruction_set;
    return fields;
  });
}

}  // namespace fastmi::bindings
