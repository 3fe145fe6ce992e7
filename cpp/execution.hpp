// How a call runs: its number of workers, and its way to be interrupted. The only place that speaks OpenMP.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace fastmi {

// Thrown out of a computation that the caller asked to stop.
struct Interrupted : std::runtime_error {
  Interrupted() : std::runtime_error("interrupted") {}
};

// The number of threads `workers` stands for: 0 is OpenMP's default, -1 every core, n > 0 is n, but not so many that
// the system would refuse them; 1 without OpenMP.
int resolve_workers(int workers);

// Does something when its scope is left, in whatever way.
template <class Action>
class AtEnd {
 public:
  explicit AtEnd(Action action) : action_(std::move(action)) {}
  AtEnd(const AtEnd&) = delete;
  AtEnd& operator=(const AtEnd&) = delete;
  ~AtEnd() { action_(); }

 private:
  Action action_;
};

class Execution {
 public:
  // `stop_requested` is only ever called on the thread that made the Execution.
  Execution(int workers, std::function<bool()> stop_requested)
      : workers_(resolve_workers(workers)), stop_requested_(std::move(stop_requested)) {}

  int workers() const { return workers_; }

  // Throws Interrupted once a stop was asked for. Cheap enough to be called every few microseconds.
  void check();

  // Runs body(task) for every task in [0, n_tasks), each on some worker, in no particular order; a worker more for each
  // `grain` tasks, which are the least that is worth one (some 50 microseconds of work). An exception in one task keeps
  // the others from starting and is rethrown here. Inside a task a further parallel_for runs serially.
  template <class Body>
  void parallel_for(std::int64_t n_tasks, std::int64_t grain, const Body& body) {
    std::atomic<std::int64_t> next_task{0};
    std::exception_ptr failure;
    std::mutex failure_mutex;
    std::atomic<int> n_running{0};
    const auto work_through = [&] {
      ++n_running;
      const AtEnd done([&] { --n_running; });
      for (std::int64_t task; (task = next_task++) < n_tasks;) {
        check();
        body(task);
      }
    };
    const auto work = [&] {
      try {
        work_through();
        // Only the caller hears of a stop; so it goes on listening until the others are done.
        for (; n_running > 0 && std::this_thread::get_id() == caller_; std::this_thread::yield()) check();
      } catch (...) {
        next_task = n_tasks;
        const std::lock_guard lock(failure_mutex);
        if (!failure) failure = std::current_exception();
      }
    };
    run_on_workers((n_tasks + grain - 1) / grain, work);
    if (failure) std::rethrow_exception(failure);
  }

 private:
  void run_on_workers(std::int64_t at_most, const std::function<void()>& work);

  int workers_;
  std::function<bool()> stop_requested_;
  std::thread::id caller_ = std::this_thread::get_id();
  std::chrono::steady_clock::time_point next_poll_{};
  std::atomic<bool> stopped_{false};
};

}  // namespace fastmi
