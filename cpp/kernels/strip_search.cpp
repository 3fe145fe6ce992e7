// The k nearest points in strips. A block of points, consecutive in y inside their strip, searches together, each point
// in a lane of its own: candidates are broadcast to all of them.
#include "kernels.hpp"
#include "simd.hpp"

namespace fastmi::FASTMI_ISA {
namespace {

constexpr int block_size = Lanes::width == 8 ? 16 : 8;
constexpr int n_registers = block_size / Lanes::width;

struct Block {
  Lanes lanes[n_registers];

  static Block of(double value) {
    Block block;
    for (Lanes& lanes : block.lanes) lanes = broadcast(value);
    return block;
  }
};

inline bool any_less(const Block& a, const Block& b) {
  Mask any = 0;
  for (int r = 0; r < n_registers; ++r) any |= less(a.lanes[r], b.lanes[r]);
  return any != 0;
}

inline Block operator-(const Block& a, const Block& b) {
  Block difference;
  for (int r = 0; r < n_registers; ++r) difference.lanes[r] = a.lanes[r] - b.lanes[r];
  return difference;
}

// The K smallest distances of each lane, ascending.
template <int K>
struct Nearest {
  Block best[K];

  const Block& radius() const { return best[K - 1]; }

  void offer(const Block& distance) {
    for (int r = 0; r < n_registers; ++r) {
      Lanes d = distance.lanes[r];
      for (int m = 0; m < K - 1; ++m) {
        const Lanes smaller = min(best[m].lanes[r], d);
        d = max(best[m].lanes[r], d);
        best[m].lanes[r] = smaller;
      }
      best[K - 1].lanes[r] = min(best[K - 1].lanes[r], d);
    }
  }
};

template <int K>
struct Search {
  const StripsView& strips;
  Block x;
  Block y;
  Nearest<K> nearest;

  // From `from` towards `to` (exclusive), upwards or downwards in y, until no lane can improve. Whether one can is
  // asked of every other candidate only.
  template <int step>
  void scan(std::int64_t from, std::int64_t to) {
    const double* xs = strips.x + from;
    const double* ys = strips.y + from;
    const std::int64_t length = step * (to - from);
    std::int64_t i = 0;
    for (; i + 1 < length; i += 2) {
      const Block dy = ahead<step>(ys[step * i]);
      if (!any_less(dy, nearest.radius())) break;
      offer(Block::of(xs[step * i]) - x, dy);
      offer(Block::of(xs[step * (i + 1)]) - x, ahead<step>(ys[step * (i + 1)]));
    }
    if (i + 1 == length) offer(Block::of(xs[step * i]) - x, ahead<step>(ys[step * i]));
  }

  // How far a candidate lies ahead in y; negative where a lane has passed it.
  template <int step>
  Block ahead(double candidate_y) const {
    return step > 0 ? Block::of(candidate_y) - y : y - Block::of(candidate_y);
  }

  void offer(const Block& dx, const Block& dy) {
    Block distance;
    for (int r = 0; r < n_registers; ++r) distance.lanes[r] = max(abs(dx.lanes[r]), abs(dy.lanes[r]));
    nearest.offer(distance);
  }

  // The block's own points, each of which leaves itself out.
  void scan_block(std::int64_t begin, int size) {
    for (int i = 0; i < size; ++i) {
      const Block dx = Block::of(strips.x[begin + i]) - x;
      const Block dy = Block::of(strips.y[begin + i]) - y;
      Block distance;
      for (int r = 0; r < n_registers; ++r) distance.lanes[r] = max(abs(dx.lanes[r]), abs(dy.lanes[r]));
      Lanes& own = distance.lanes[i / Lanes::width];
      own = select(Mask{1} << (i % Lanes::width), own, broadcast(infinity));
      nearest.offer(distance);
    }
  }

  void scan_strip(std::int64_t strip, std::int64_t snapshot) {
    const std::int64_t from = strips.snapshot[snapshot * strips.n_strips + strip];
    scan<1>(from, strips.begin[strip + 1]);
    scan<-1>(from - 1, strips.begin[strip] - 1);
  }

  // Outwards from the strip, as long as the next strip is closer in x than some lane's radius.
  void scan_other_strips(std::int64_t strip, std::int64_t snapshot) {
    std::int64_t left = strip - 1;
    std::int64_t right = strip + 1;
    bool more = true;
    while (more) {
      more = false;
      if (left >= 0 && any_less(x - Block::of(strips.x_max[left]), nearest.radius())) {
        scan_strip(left--, snapshot);
        more = true;
      }
      if (right < strips.n_strips && any_less(Block::of(strips.x_min[right]) - x, nearest.radius())) {
        scan_strip(right++, snapshot);
        more = true;
      }
    }
  }
};

// Points behind the last one of a block are copies of it, and not looked at afterwards.
inline Block load_block(const double* values, int size) {
  double padded[block_size];
  for (int i = 0; i < block_size; ++i) padded[i] = values[i < size ? i : size - 1];
  Block block;
  for (int r = 0; r < n_registers; ++r) block.lanes[r] = load(padded + r * Lanes::width);
  return block;
}

template <int K>
void search_block(const StripsView& strips, std::int64_t strip, std::int64_t begin, int size, double* radius) {
  Search<K> search{strips, load_block(strips.x + begin, size), load_block(strips.y + begin, size), {}};
  for (Block& best : search.nearest.best) best = Block::of(infinity);
  search.scan_block(begin, size);
  search.template scan<1>(begin + size, strips.begin[strip + 1]);
  search.template scan<-1>(begin - 1, strips.begin[strip] - 1);
  search.scan_other_strips(strip, strips.snapshot_of[begin]);

  double found[block_size];
  for (int r = 0; r < n_registers; ++r) store(found + r * Lanes::width, search.nearest.radius().lanes[r]);
  for (int i = 0; i < size; ++i) radius[i] = found[i];
}

template <int K>
void search_range(const StripsView& strips, std::int64_t strip, std::int64_t begin, std::int64_t end, double* radius) {
  for (std::int64_t i = begin; i < end; i += block_size) {
    const std::int64_t size = end - i < block_size ? end - i : block_size;
    search_block<K>(strips, strip, i, static_cast<int>(size), radius + (i - begin));
  }
}

}  // namespace

void strip_search(const StripsView& strips, std::int64_t strip, std::int64_t begin, std::int64_t end, std::int64_t k,
                  double* radius) {
  using SearchRange = void (*)(const StripsView&, std::int64_t, std::int64_t, std::int64_t, double*);
  constexpr SearchRange by_k[max_strip_k] = {search_range<1>, search_range<2>, search_range<3>, search_range<4>,
                                             search_range<5>, search_range<6>, search_range<7>, search_range<8>};
  by_k[k - 1](strips, strip, begin, end, radius);
}

}  // namespace fastmi::FASTMI_ISA
