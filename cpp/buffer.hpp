// Vectors for numbers in bulk: they begin at a cache line, are not set to 0 at first, and take their memory from what
// the last ones left.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <vector>

namespace fastmi {

// Memory from a stock of free blocks, to which it goes back; see buffer.cpp.
void* acquire(std::size_t bytes);
void release(void* memory, std::size_t bytes) noexcept;

template <class T>
struct BufferAllocator {
  using value_type = T;
  static_assert(std::is_trivially_destructible_v<T>);

  BufferAllocator() = default;
  template <class U>
  BufferAllocator(const BufferAllocator<U>&) {}

  T* allocate(std::size_t n) {
    if (n > static_cast<std::size_t>(-1) / 2 / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(acquire(n * sizeof(T)));
  }
  void deallocate(T* memory, std::size_t n) noexcept { release(memory, n * sizeof(T)); }

  // A value not given is whatever there was before.
  template <class U>
  void construct(U* item) {
    ::new (static_cast<void*>(item)) U;
  }

  friend bool operator==(const BufferAllocator&, const BufferAllocator&) { return true; }
};

template <class T>
using Buffer = std::vector<T, BufferAllocator<T>>;

}  // namespace fastmi
