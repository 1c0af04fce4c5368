// Threads that work through steps together: every task of a step is done before any task of the next one begins.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace hilum {

class Team {
 public:
  using Act = std::function<void(size_t step, int64_t task, int member)>;

  // The caller's thread is one of `size`, member 0; fewer where the system gives no more.
  explicit Team(int size);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int size() const { return static_cast<int>(threads_.size()) + 1; }

  // Steps of `tasks[i]` tasks each. Whoever is free takes the next task, so that a thread that the system holds up delays
  // nobody unless it has one in hand. One caller at a time.
  void run(const std::vector<int64_t>& tasks, const Act& act);

 private:
  struct Round;
  void serve(int member);

  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable woken_;
  // Threads that wake late still look at it when its caller has long returned.
  std::shared_ptr<Round> round_;
  bool closing_ = false;
};

}  // namespace hilum
