#include "team.h"

#include <system_error>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace hilum {
namespace {

// Looks before the processor is offered to others: tasks take microseconds, and waking a sleeping thread about fifty.
constexpr int PATIENCE = 2000;

inline void pause() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

struct Step {
  int64_t tasks;
  std::atomic<int64_t> taken{0};
  std::atomic<int64_t> done{0};
};

}  // namespace

struct Team::Round {
  std::vector<Step> steps;
  // Valid while tasks are left.
  const Act* act;

  Round(const std::vector<int64_t>& tasks, const Act* act) : steps(tasks.size()), act(act) {
    for (size_t i = 0; i < tasks.size(); i += 1) steps[i].tasks = tasks[i];
  }

  void work(int member) {
    for (size_t i = 0; i < steps.size(); i += 1) {
      Step& step = steps[i];
      for (int64_t task; (task = step.taken.fetch_add(1, std::memory_order_relaxed)) < step.tasks;) {
        (*act)(i, task, member);
        step.done.fetch_add(1, std::memory_order_release);
      }
      for (int looks = 0; step.done.load(std::memory_order_acquire) < step.tasks; looks += 1) {
        if (looks < PATIENCE) {
          pause();
        } else {
          std::this_thread::yield();
        }
      }
    }
  }
};

Team::Team(int size) {
  try {
    for (int i = 1; i < size; i += 1) threads_.emplace_back([this, i] { serve(i); });
  } catch (const std::system_error&) {
    // Where the system gives no more threads, those that are there do the work.
  }
}

Team::~Team() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closing_ = true;
  }
  woken_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Team::run(const std::vector<int64_t>& tasks, const Act& act) {
  auto round = std::make_shared<Round>(tasks, &act);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    round_ = round;
  }
  woken_.notify_all();
  round->work(0);
}

void Team::serve(int member) {
  std::shared_ptr<Round> round;
  while (true) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      woken_.wait(lock, [&] { return closing_ || round_ != round; });
      if (closing_) return;
      round = round_;
    }
    round->work(member);
  }
}

}  // namespace hilum
