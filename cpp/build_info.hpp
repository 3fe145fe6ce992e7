// How this copy of the core was compiled.
#pragma once

#include <string>
#include <vector>

namespace fastmi {

struct BuildInfo {
  std::string version;
  std::string compiler;
  std::string cpp_standard;
  std::string openmp;                         // its date, such as "201511", or empty
  int max_workers;                            // what workers=None stands for now
  std::vector<std::string> instruction_sets;  // compiled in
  std::string instruction_set;                // chosen on this machine
};

BuildInfo build_info();

}  // namespace fastmi
