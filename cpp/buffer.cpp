// For the system to hand out fresh pages and to take them back would be a good part of a call on ten thousand samples.
// So what buffers leave is kept for the next ones, in blocks of powers of two, up to a limit; beyond it memory goes
// back to the system. Large blocks ask for huge pages, where there are any.
//
// One stock serves all threads, since those that fill a buffer are not those that drop it. Whoever finds it taken tries
// a few times more, as long as it usually takes, and then does without: so nobody waits for good, not even a forked
// child whose parent was just in it. (Without trying again, blocks that are bought while the stock is taken and given
// to it later would make it grow with every event of a long scan.)
#include "buffer.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <utility>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace fastmi {
namespace {

constexpr std::align_val_t line{64};
constexpr std::align_val_t huge_page{std::size_t{1} << 21};
constexpr std::size_t largest_kept = std::size_t{1} << 24;
constexpr std::size_t most_kept = std::size_t{1} << 26;
constexpr int most_tries = 100;

std::align_val_t alignment(std::size_t bytes) { return bytes < static_cast<std::size_t>(huge_page) ? line : huge_page; }

void* take_from_system(std::size_t bytes) {
  void* memory = ::operator new(bytes, alignment(bytes));
#ifdef MADV_HUGEPAGE
  if (alignment(bytes) == huge_page) madvise(memory, bytes, MADV_HUGEPAGE);  // where refused, small ones will do
#endif
  return memory;
}

void give_to_system(void* memory, std::size_t bytes) noexcept { ::operator delete(memory, alignment(bytes)); }

struct Stock {
  struct Free {
    Free* next;
  };
  std::atomic_flag taken;
  std::size_t bytes = 0;
  std::array<Free*, std::bit_width(largest_kept)> of_size{};  // by the logarithm

  template <class Action>
  bool if_free(const Action& action) {
    for (int tries = 1; taken.test_and_set(std::memory_order_acquire); ++tries) {
      if (tries == most_tries) return false;
    }
    const bool done = action();
    taken.clear(std::memory_order_release);
    return done;
  }
};

Stock stock;  // is never destroyed: some buffers outlive all other objects

Stock::Free*& stock_of(std::size_t size) { return stock.of_size[static_cast<std::size_t>(std::bit_width(size)) - 1]; }

void* take_from_stock(std::size_t size) {
  void* memory = nullptr;
  stock.if_free([&] {
    Stock::Free*& first = stock_of(size);
    if (!first) return false;
    stock.bytes -= size;
    memory = std::exchange(first, first->next);
    return true;
  });
  return memory;
}

bool give_to_stock(void* memory, std::size_t size) {
  return stock.if_free([&] {
    if (stock.bytes + size > most_kept) return false;
    stock.bytes += size;
    Stock::Free*& first = stock_of(size);
    first = ::new (memory) Stock::Free{first};
    return true;
  });
}

// Of the block that holds that many bytes.
std::size_t block_size(std::size_t bytes) {
  return bytes > largest_kept ? bytes : std::bit_ceil(std::max(bytes, static_cast<std::size_t>(line)));
}

}  // namespace

void* acquire(std::size_t bytes) {
  const std::size_t size = block_size(bytes);
  if (size <= largest_kept) {
    if (void* memory = take_from_stock(size)) return memory;
  }
  return take_from_system(size);
}

void release(void* memory, std::size_t bytes) noexcept {
  const std::size_t size = block_size(bytes);
  if (size <= largest_kept && give_to_stock(memory, size)) return;
  give_to_system(memory, size);
}

}  // namespace fastmi
