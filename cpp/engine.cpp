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
// samples there are matters little to the choice. Milliseconds of tree/bitmap (AVX-512, one thread, k = 3, correlation
// 0.5):
//
//   search of      2+2      3+3      4+4      6+6        count of   3         4         6         8
//   n = 2000       1.1/1.9  1.9/2.3  2.9/2.8  5.1/3.6    n = 2000   0.7/0.9   1.0/1.0   2.5/1.2   3.6/1.2
//   n = 14183      8.1/13   20/18    32/22    80/28      n = 14183  7.9/15    14/18     47/24     80/28
//   n = 100000     73/134   208/231  540/313  2288/613   n = 100000 128/444   242/636   1102/904
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
