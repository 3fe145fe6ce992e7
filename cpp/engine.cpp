#include "engine.hpp"

#include <algorithm>
#include <cmath>
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

// The cost model. A tree's cost per query grows steeply with the number of columns, and hardly with the number of
// samples; the bitmap's the other way round. Four times as many samples were found to be worth one column more, for
// searching and for counting, but for a factor. Times in ms of tree/bitmap, k = 3, one thread (AVX-512), correlation
// 0.5:
//
//   search of      2+1      2+2      3+3        count of     2 (of 2+2)  3 (of 3+3)  4 (of 4+4)
//   n = 2000       1.4/0.9  2.2/1.0  6.3/1.6    n = 2000     1.0/0.8     2.5/1.2
//   n = 14183      12/9     22/12    75/16      n = 14183    15/27       36/29       74/39
//   n = 100000     127/113  236/121  675/207    n = 100000   169/645     407/803     1104/1053
//   n = 400000              884/793  4658/1663  n = 400000   1270/6817   3768/10057
//
// Only linear columns have bitmaps. They must be the most, or too many samples are left to be looked at.
constexpr double samples_for_search = 6400;
constexpr double samples_for_count = 400;

std::int64_t n_linear(const Samples& samples) {
  return std::count_if(samples.axes().begin(), samples.axes().end(), [](const Axis& axis) { return !axis.periodic(); });
}

bool bitmap_pays(double samples, std::int64_t n_samples, std::int64_t n_columns, std::int64_t n_linear_columns) {
  return 2 * n_linear_columns > n_columns &&
         static_cast<double>(n_samples) < samples * std::pow(4.0, static_cast<double>(n_linear_columns));
}

}  // namespace

Engine choose_engine(const Column& x, const Column& y, std::int64_t k) {
  const bool strips_suit = Strips::suits(x, y, k);
  return choose(strips_suit, BitmapIndex::suits(k), strips_suit ? Engine::strips : Engine::tree);
}

Engine choose_engine(const Samples& x, const Samples& y, std::int64_t k) {
  const bool pays = bitmap_pays(samples_for_search, x.size(), x.n_columns() + y.n_columns(), n_linear(x) + n_linear(y));
  return choose(false, BitmapIndex::suits(k), pays && BitmapIndex::suits(k) ? Engine::bitmap : Engine::tree);
}

Engine choose_count_engine(const Samples& side) {
  const bool pays = bitmap_pays(samples_for_count, side.size(), side.n_columns(), n_linear(side));
  return choose(false, true, pays ? Engine::bitmap : Engine::tree);
}

}  // namespace fastmi
