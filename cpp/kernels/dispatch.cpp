#include <cstdlib>
#include <stdexcept>

#include "kernels.hpp"

namespace fastmi {

namespace baseline {
extern const Kernels table;
}
#ifdef FASTMI_X86_LEVELS
namespace avx2 {
extern const Kernels table;
}
namespace avx512 {
extern const Kernels table;
}
#endif

namespace {

struct Level {
  const Kernels* table;
  bool runs_here;
};

// From the least to the most demanding.
std::vector<Level> levels() {
  std::vector<Level> all{{&baseline::table, true}};
#ifdef FASTMI_X86_LEVELS
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  all.push_back({&avx2::table, avx2});
  all.push_back({&avx512::table, avx512});
#endif
  return all;
}

const Kernels& widest() {
  const Kernels* chosen = nullptr;
  for (const Level& level : levels()) {
    if (level.runs_here) chosen = level.table;
  }
  return *chosen;
}

const Kernels& named(const std::string& name) {
  for (const Level& level : levels()) {
    if (level.table->name != name) continue;
    if (!level.runs_here) throw std::runtime_error("FASTMI_SIMD=" + name + ": this processor does not have it");
    return *level.table;
  }
  std::string known;
  for (const std::string& set : instruction_sets()) known += (known.empty() ? "" : ", ") + set;
  throw std::runtime_error("FASTMI_SIMD=" + name + " is not compiled in; use one of " + known);
}

}  // namespace

const Kernels& kernels() {
  static const Kernels& default_kernels = widest();
  const char* forced = std::getenv("FASTMI_SIMD");
  return forced && *forced ? named(forced) : default_kernels;
}

std::vector<std::string> instruction_sets() {
  std::vector<std::string> names;
  for (const Level& level : levels()) names.emplace_back(level.table->name);
  return names;
}

}  // namespace fastmi
