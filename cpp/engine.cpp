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

// The cost model. A tree's cost per query grows steeply with the number of columns, the bitmap's hardly; how many
// samples there are matters little to the choice. Milliseconds of tree/bitmap, the bitmap's counts beside a search
// (Zen 5, AVX-512, one thread, k = 3, correlation 0.5):
//
//   search of      2+2      3+3      4+4      6+6        count of   3         4         6         8
//   n = 2000       0.4/0.7  0.8/1.0  1.2/1.2  2.1/1.7    n = 2000   0.2/0.3   0.3/0.3   0.7/0.3   1.1/0.3
//   n = 14183      4.2/6.1  12/9.5   22/12    52/17      n = 14183  2.5/4.9   3.7/4.7   13/5.0    25/4.6
//   n = 100000     52/93    173/118  467/184             n = 100000 26/65     42/80     159/93    386/92
//
// Only linear columns have bitmaps. They must be the most, or too many samples are left to be looked at.
constexpr std::int64_t columns_for_bitmap_search = 6;
constexpr std::int64_t columns_for_bitmap_count = 5;

std::int64_t n_linear(const Samples& samples) {
  return std::count_if(samples.axes().begin(), samples.axes().end(), [](const Axis& axis) { return !axis.periodic(); });
}

bool bitmap_pays(std::int64_t least_columns, std::int64_t n_linear_columns, std::int64_t n_columns) {
  return n_linear_columns >= least_columns && 2 * n_linear_columns > n_columns;
}

}  // namespace

Engine choose_engine(const Column& x, const Column& y, std::int64_t k) {
  const bool strips_suit = Strips::suits(x, y, k);
  return choose(strips_suit, BitmapIndex::suits(k), strips_suit ? Engine::strips : Engine::tree);
}

Engine choose_engine(const Samples& x, const Samples& y, std::int64_t k) {
  const bool pays = BitmapIndex::suits(k) &&
                    bitmap_pays(columns_for_bitmap_search, n_linear(x) + n_linear(y), x.n_columns() + y.n_columns());
  return choose(false, BitmapIndex::suits(k), pays ? Engine::bitmap : Engine::tree);
}

Engine choose_count_engine(const Samples& side) {
  const bool pays = bitmap_pays(columns_for_bitmap_count, n_linear(side), side.n_columns());
  return choose(false, true, pays ? Engine::bitmap : Engine::tree);
}

}  // namespace fastmi
