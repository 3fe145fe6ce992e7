// A value that is made when it is first asked for, and kept. Threads may ask at once: each that finds none makes one,
// the first that is done is kept, and the others are dropped. So nobody waits, and no interruption or fork can leave a
// lock behind.
#pragma once

#include <atomic>
#include <memory>

namespace fastmi {

template <class T>
class Lazy {
 public:
  Lazy() = default;
  Lazy(const Lazy&) = delete;
  Lazy& operator=(const Lazy&) = delete;
  ~Lazy() { delete value_.load(std::memory_order_relaxed); }

  // The same value for all that ask; make() gives what it would be.
  template <class Make>
  const T& get(const Make& make) const {
    if (const T* present = value_.load(std::memory_order_acquire)) return *present;

    std::unique_ptr<const T> made(new T(make()));
    const T* expected = nullptr;
    if (value_.compare_exchange_strong(expected, made.get(), std::memory_order_acq_rel)) return *made.release();
    return *expected;
  }

 private:
  mutable std::atomic<const T*> value_{nullptr};
};

}  // namespace fastmi
