// A call on ten thousand samples takes a millisecond, of which the system would take a fifth to hand out fresh pages
// and to take them back. So each thread keeps the memory of its buffers, in blocks of powers of two, up to a limit;
// beyond it, and when the thread ends, it goes back to the system. Large blocks ask for huge pages, where there are
// any.
#include "buffer.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace fastmi {
namespace {

constexpr std::align_val_t line{64};
constexpr std::align_val_t huge_page{std::size_t{1} << 21};
constexpr std::size_t worth_huge_pages = std::size_t{1} << 21;
constexpr std::size_t largest_kept = std::size_t{1} << 24;
constexpr std::size_t kept_by_a_thread = std::size_t{1} << 25;

std::align_val_t alignment(std::size_t bytes) { return bytes < worth_huge_pages ? line : huge_page; }

void* take_from_system(std::size_t bytes) {
  void* memory = ::operator new(bytes, alignment(bytes));
#ifdef MADV_HUGEPAGE
  if (bytes >= worth_huge_pages) madvise(memory, bytes, MADV_HUGEPAGE);  // or else small ones
#endif
  return memory;
}

void give_to_system(void* memory, std::size_t bytes) noexcept { ::operator delete(memory, alignment(bytes)); }

// Outlives the stock, for buffers that outlive the thread's other objects.
thread_local bool stock_is_gone = false;

struct Stock {
  struct Free {
    Free* next;
  };
  std::array<Free*, std::bit_width(largest_kept)> of_size{};  // by the logarithm
  std::size_t bytes = 0;

  static std::size_t index(std::size_t size) { return static_cast<std::size_t>(std::bit_width(size)) - 1; }

  void* take(std::size_t size) {
    Free*& first = of_size[index(size)];
    if (!first) return nullptr;
    bytes -= size;
    return std::exchange(first, first->next);
  }

  bool keep(void* memory, std::size_t size) {
    if (bytes + size > kept_by_a_thread) return false;
    bytes += size;
    Free*& first = of_size[index(size)];
    first = ::new (memory) Free{first};
    return true;
  }

  ~Stock() {
    stock_is_gone = true;
    for (std::size_t i = 0; i < of_size.size(); ++i) {
      while (void* memory = take(std::size_t{1} << i)) give_to_system(memory, std::size_t{1} << i);
    }
  }
};

thread_local Stock stock;

// Of the block that holds that many bytes.
std::size_t block_size(std::size_t bytes) {
  return bytes > largest_kept ? bytes : std::bit_ceil(std::max(bytes, static_cast<std::size_t>(line)));
}

}  // namespace

void* acquire(std::size_t bytes) {
  const std::size_t size = block_size(bytes);
  if (size <= largest_kept && !stock_is_gone) {
    if (void* memory = stock.take(size)) return memory;
  }
  return take_from_system(size);
}

void release(void* memory, std::size_t bytes) noexcept {
  const std::size_t size = block_size(bytes);
  if (size <= largest_kept && !stock_is_gone && stock.keep(memory, size)) return;
  give_to_system(memory, size);
}

}  // namespace fastmi
