// Ctrl-C reaches Python's main thread alone; this lets it end what other threads compute.
#pragma once

#include <atomic>
#include <memory>

namespace fastmi::bindings {

class Interruption {
 public:
  void request() { *requested_ = true; }

  // From now on calls of this thread end with KeyboardInterrupt once the interruption is requested.
  void heed() const { heeded = requested_; }

  static bool is_requested_here() { return heeded && *heeded; }

 private:
  using Flag = std::shared_ptr<std::atomic<bool>>;

  static inline thread_local Flag heeded;

  Flag requested_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace fastmi::bindings
