#include "register.hpp"

// Safe without the GIL: what calls share (the digamma table, the stock of buffers, what Neighbours keep) is published
// by atomic exchanges or guarded, and nothing else outlives a call.
PYBIND11_MODULE(_core, module, pybind11::mod_gil_not_used()) {
  fastmi::bindings::register_build_info(module);
  fastmi::bindings::register_digamma(module);
  fastmi::bindings::register_histogram(module);
  fastmi::bindings::register_interruption(module);
  fastmi::bindings::register_kde_histogram(module);
  fastmi::bindings::register_kernel_density(module);
  fastmi::bindings::register_ksg(module);
  fastmi::bindings::register_neighbours(module);
  fastmi::bindings::register_normal_scores(module);
  fastmi::bindings::register_permutations(module);
}
