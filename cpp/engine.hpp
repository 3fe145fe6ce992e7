// Which data structure finds the neighbours of which problem.
#pragma once

#include <cstdint>

#include "column.hpp"
#include "samples.hpp"

namespace fastmi {

enum class Engine { strips, tree, bitmap };

// The engine that should be the fastest, or the one that the environment variable FASTMI_ENGINE names. Throws
// std::runtime_error if no engine has that name, or if it cannot answer for these columns and k.
Engine choose_engine(const Column& x, const Column& y, std::int64_t k);
Engine choose_engine(const Samples& x, const Samples& y, std::int64_t k);

// The same for counting the samples closer than a given radius in one side, when the bitmap has found the radius.
Engine choose_count_engine(const Samples& side);

}  // namespace fastmi
