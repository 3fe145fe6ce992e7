// The k smallest distances seen so far, as a binary max-heap: the greatest of them, on top, is the search radius.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace fastmi {

class KSmallest {
 public:
  explicit KSmallest(std::int64_t k) : heap_(static_cast<std::size_t>(k)) { clear(); }

  void clear() { std::fill(heap_.begin(), heap_.end(), std::numeric_limits<double>::infinity()); }

  double radius() const { return heap_.front(); }

  void offer(double distance) {
    if (distance < radius()) replace_top(distance);
  }

 private:
  void replace_top(double distance) {
    const std::size_t size = heap_.size();
    std::size_t hole = 0;
    for (std::size_t child = 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size && heap_[child] < heap_[child + 1]) ++child;
      if (heap_[child] <= distance) break;
      heap_[hole] = heap_[child];
      hole = child;
    }
    heap_[hole] = distance;
  }

  std::vector<double> heap_;
};

}  // namespace fastmi
