// One function for each part of the module.
#pragma once

#include <pybind11/pybind11.h>

namespace fastmi::bindings {

void register_build_info(pybind11::module_& module);
void register_digamma(pybind11::module_& module);
void register_histogram(pybind11::module_& module);
void register_interruption(pybind11::module_& module);
void register_kde_histogram(pybind11::module_& module);
void register_kernel_density(pybind11::module_& module);
void register_ksg(pybind11::module_& module);
void register_neighbours(pybind11::module_& module);
void register_normal_scores(pybind11::module_& module);
void register_permutations(pybind11::module_& module);

}  // namespace fastmi::bindings
