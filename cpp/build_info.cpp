#include "build_info.hpp"

#include "execution.hpp"
#include "kernels/kernels.hpp"

namespace fastmi {
namespace {

std::string compiler() {
#if defined(__clang__)
  return "Clang " __clang_version__;
#elif defined(__GNUC__)
  return "GCC " __VERSION__;
#elif defined(_MSC_VER)
  return "MSVC " + std::to_string(_MSC_VER);
#else
  return "unknown";
#endif
}

std::string openmp() {
#ifdef _OPENMP
  return std::to_string(_OPENMP);
#else
  return "";
#endif
}

}  // namespace

BuildInfo build_info() {
  return {FASTMI_VERSION, compiler(),         "C++" + std::to_string(__cplusplus / 100 % 100),
          openmp(),       resolve_workers(0), instruction_sets(),
          kernels().name};
}

}  // namespace fastmi
