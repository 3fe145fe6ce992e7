// The k nearest points in strips. A block of points, consecutive in y inside their strip, searches together, each point
// in a lane of its own: candidates are broadcast to all of them.
#include "nearest.hpp"

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

inline double greatest(const Block& a) {
  Lanes most = a.lanes[0];
  for (int r = 1; r < n_registers; ++r) most = max(most, a.lanes[r]);
  return greatest(most);
}

template <int K>
struct Search {
  const StripsView& strips;
  Block x;
  Block y;
  Nearest<K> nearest[n_registers];

  Block radius() const {
    Block radius;
    for (int r = 0; r < n_registers; ++r) radius.lanes[r] = nearest[r].radius();
    return radius;
  }

  Block distance(std::int64_t i) const {
    const Block dx = Block::of(strips.x[i]) - x;
    const Block dy = Block::of(strips.y[i]) - y;
    Block distance;
    for (int r = 0; r < n_registers; ++r) distance.lanes[r] = max(abs(dx.lanes[r]), abs(dy.lanes[r]));
    return distance;
  }

  void offer(const Block& distance) {
    for (int r = 0; r < n_registers; ++r) nearest[r].offer(distance.lanes[r]);
  }

  // The block's own points, each of which leaves itself out. Unrolled, so that the lane to leave out is a constant.
  void scan_block(std::int64_t begin, int size) {
#pragma GCC unroll 16
    for (int i = 0; i < block_size; ++i) {
      if (i == size) break;
      Block d = distance(begin + i);
      Lanes& own = d.lanes[i / Lanes::width];
      own = select(Mask{1} << (i % Lanes::width), own, broadcast(infinity));
      offer(d);
    }
  }

  void scan(std::int64_t begin, std::int64_t end) {
    Search search = *this;  // a local copy stays in registers
    for (std::int64_t i = begin; i < end; ++i) search.offer(search.distance(i));
    for (int r = 0; r < n_registers; ++r) nearest[r] = search.nearest[r];
  }

  // No candidate from `high` up or from `low` down in y is closer to any lane than its k-th neighbour so far. What
  // there is to scan is settled before the scan, so that the processor need not wait for distances to know where it
  // ends.
  struct Reach {
    double low;
    double high;
  };
  Reach reach() const {
    Block high;
    Block minus_low;
    for (int r = 0; r < n_registers; ++r) {
      high.lanes[r] = beyond(y.lanes[r], nearest[r].radius());
      minus_low.lanes[r] = beyond(broadcast(0) - y.lanes[r], nearest[r].radius());
    }
    return {-greatest(minus_low), greatest(high)};
  }

  // from + radius, or a little more where rounding would leave that closer than the radius.
  static Lanes beyond(const Lanes& from, const Lanes& radius) {
    const Lanes sum = from + radius;
    const Lanes more = sum + (abs(sum) + radius) * broadcast(0x1p-50);
    return select(less(sum - from, radius), sum, more);
  }

  std::int64_t first_in_reach(std::int64_t begin, std::int64_t from, double low) const {
    while (from > begin && strips.y[from - 1] > low) --from;
    return from;
  }
  std::int64_t end_of_reach(std::int64_t from, std::int64_t end, double high) const {
    while (from < end && strips.y[from] < high) ++from;
    return from;
  }

  // The rest of the block's own strip. The points next to the block first: they shrink the reach.
  void scan_own_strip(std::int64_t strip, std::int64_t block_begin, std::int64_t block_end) {
    constexpr std::int64_t next_to_block = 6;
    const std::int64_t begin = strips.begin[strip];
    const std::int64_t end = strips.begin[strip + 1];
    const std::int64_t near_begin = block_begin - begin > next_to_block ? block_begin - next_to_block : begin;
    const std::int64_t near_end = end - block_end > next_to_block ? block_end + next_to_block : end;
    scan(near_begin, block_begin);
    scan(block_end, near_end);
    const Reach in_y = reach();
    scan(first_in_reach(begin, near_begin, in_y.low), near_begin);
    scan(near_end, end_of_reach(near_end, end, in_y.high));
  }

  void scan_strip(std::int64_t strip, std::int64_t snapshot) {
    const std::int64_t from = strips.snapshot[snapshot * strips.n_strips + strip];
    const Reach in_y = reach();
    scan(first_in_reach(strips.begin[strip], from, in_y.low), end_of_reach(from, strips.begin[strip + 1], in_y.high));
  }

  // Outwards from the strip, as long as the next strip is closer in x than some lane's radius.
  void scan_other_strips(std::int64_t strip, std::int64_t snapshot) {
    std::int64_t left = strip - 1;
    std::int64_t right = strip + 1;
    bool more = true;
    while (more) {
      more = false;
      if (left >= 0 && any_less(x - Block::of(strips.x_max[left]), radius())) {
        scan_strip(left--, snapshot);
        more = true;
      }
      if (right < strips.n_strips && any_less(Block::of(strips.x_min[right]) - x, radius())) {
        scan_strip(right++, snapshot);
        more = true;
      }
    }
  }
};

// Points behind the last one of a block are copies of it, and not looked at afterwards.
inline Block load_block(const double* values, int size) {
  double padded[block_size];
  if (size < block_size) {
    for (int i = 0; i < block_size; ++i) padded[i] = values[i < size ? i : size - 1];
    values = padded;
  }
  Block block;
  for (int r = 0; r < n_registers; ++r) block.lanes[r] = load(values + r * Lanes::width);
  return block;
}

template <int K>
void search_block(const StripsView& strips, std::int64_t strip, std::int64_t begin, int size, std::int64_t snapshot,
                  double* radius, double* before) {
  Search<K> search{strips, load_block(strips.x + begin, size), load_block(strips.y + begin, size), {}};
  search.scan_block(begin, size);
  search.scan_own_strip(strip, begin, begin + size);
  search.scan_other_strips(strip, snapshot);

  const auto write = [&](int m, double* distance) {
    double found[block_size];
    for (int r = 0; r < n_registers; ++r) store(found + r * Lanes::width, search.nearest[r].best[m]);
    for (int i = 0; i < size; ++i) distance[i] = found[i];
  };
  write(K - 1, radius);
  if (before) write(K > 1 ? K - 2 : 0, before);
}

// The last snapshot before the point at `place` of the strip.
inline std::int64_t last_snapshot_before(const StripsView& strips, std::int64_t strip, std::int64_t place) {
  std::int64_t first = 0;
  std::int64_t length = strips.n_snapshots;
  while (length > 1) {
    const std::int64_t half = length / 2;
    if (strips.snapshot[(first + half) * strips.n_strips + strip] <= place) first += half;
    length -= half;
  }
  return first;
}

template <int K>
void search_range(const StripsView& strips, std::int64_t strip, std::int64_t begin, std::int64_t end, double* radius,
                  double* before) {
  std::int64_t snapshot = last_snapshot_before(strips, strip, begin);
  for (std::int64_t i = begin; i < end; i += block_size) {
    while (snapshot + 1 < strips.n_snapshots && strips.snapshot[(snapshot + 1) * strips.n_strips + strip] <= i) {
      ++snapshot;
    }
    const std::int64_t size = end - i < block_size ? end - i : block_size;
    search_block<K>(strips, strip, i, static_cast<int>(size), snapshot, radius + (i - begin),
                    before ? before + (i - begin) : nullptr);
  }
}

}  // namespace

void strip_search(const StripsView& strips, std::int64_t strip, std::int64_t begin, std::int64_t end, std::int64_t k,
                  double* radius, double* before) {
  using SearchRange = void (*)(const StripsView&, std::int64_t, std::int64_t, std::int64_t, double*, double*);
  constexpr SearchRange by_k[max_register_k] = {search_range<1>, search_range<2>, search_range<3>, search_range<4>,
                                                search_range<5>, search_range<6>, search_range<7>, search_range<8>};
  by_k[k - 1](strips, strip, begin, end, radius, before);
}

}  // namespace fastmi::FASTMI_ISA
