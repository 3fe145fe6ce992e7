#include "engine.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "bitmap_index.hpp"
#include "strips.hpp"

namespace fastmi {
namespace {

struct Choice {
  Engine engine;
  const char* name;
  bool suits;
};

// The one that is forced, if any is; else `best`.
Engine choose(const Choice (&choices)[3], Engine best) {
  const char* forced = std::getenv("FASTMI_ENGINE");
  if (!forced || !*forced) return best;
  const std::string name = forced;
  for (const Choice& choice : choices) {
    if (choice.name != name) continue;
    if (!choice.suits) throw std::runtime_error("FASTMI_ENGINE=" + name + " has no answer for these columns and k");
    return choice.engine;
  }
  throw std::runtime_error("FASTMI_ENGINE=" + name + " is unknown; use one of strips, tree, bitmap");
}

Engine choose(bool strips_suit, bool bitmap_suits, Engine best) {
  return choose(
      {{Engine::strips, "strips", strips_suit}, {Engine::tree, "tree", true}, {Engine::bitmap, "bitmap", bitmap_suits}},
      best);
}

std::int64_t n_linear(const Samples& samples) {
  return std::count_if(samples.axes().begin(), samples.axes().end(), [](const Axis& axis) { return !axis.periodic(); });
}

}  // namespace

Engine choose_engine(const Column& x, const Column& y, std::int64_t k) {
  const bool strips_suit = Strips::suits(x, y, k);
  return choose(strips_suit, BitmapIndex::suits(k), strips_suit ? Engine::strips : Engine::tree);
}

Engine choose_engine(const Samples& x, const Samples& y, std::int64_t k) {
  const bool many_columns = n_linear(x) + n_linear(y) >= 4;
  const bool bitmap_suits = BitmapIndex::suits(k);
  return choose(false, bitmap_suits, many_columns && bitmap_suits ? Engine::bitmap : Engine::tree);
}

}  // namespace fastmi
