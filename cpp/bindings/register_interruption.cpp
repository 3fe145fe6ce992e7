#include "interruption.hpp"
#include "register.hpp"

namespace fastmi::bindings {

void register_interruption(pybind11::module_& module) {
  pybind11::class_<Interruption>(module, "Interruption")
      .def(pybind11::init<>())
      .def("request", &Interruption::request)
      .def("heed", &Interruption::heed);
}

}  // namespace fastmi::bindings
