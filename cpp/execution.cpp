#include "execution.hpp"

#include <algorithm>

#ifdef _OPENMP
#include <omp.h>
#endif
#if defined(_OPENMP) && defined(__GNUC__) && !defined(__clang__)
#include <pthread.h>
#endif

namespace fastmi {
namespace {

constexpr std::chrono::milliseconds poll_interval{50};

#if defined(_OPENMP) && defined(__GNUC__) && !defined(__clang__)
// GNU's OpenMP keeps a pool of idle threads for each calling thread. After a fork the child would wait for threads
// that did not come along, so the forking thread gives up its pool first; both sides make a new one on demand. (LLVM's
// runtime does so by itself.)
const int fork_handler = pthread_atfork([] { omp_pause_resource_all(omp_pause_soft); }, nullptr, nullptr);
#endif

}  // namespace

#ifdef _OPENMP

int resolve_workers(int workers) {
  constexpr int most_per_core = 16;
  if (workers > 0) return std::min(workers, most_per_core * omp_get_num_procs());
  return workers == -1 ? omp_get_num_procs() : omp_get_max_threads();
}

void Execution::run_on_workers(std::int64_t at_most, const std::function<void()>& work) {
  const int n_threads = static_cast<int>(std::min<std::int64_t>(workers_, at_most));
  if (n_threads <= 1 || omp_in_parallel()) {
    work();
    return;
  }
#pragma omp parallel num_threads(n_threads)
  work();
}

#else

int resolve_workers(int) { return 1; }

void Execution::run_on_workers(std::int64_t, const std::function<void()>& work) { work(); }

#endif

void Execution::check() {
  if (stopped_.load(std::memory_order_relaxed)) throw Interrupted();
  if (!stop_requested_ || std::this_thread::get_id() != caller_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_poll_) return;
  next_poll_ = now + poll_interval;
  if (stop_requested_()) {
    stopped_ = true;
    throw Interrupted();
  }
}

}  // namespace fastmi
