// Worker: a named thread that is asked to stop and joined by its owner. The only way Filo makes threads.
#pragma once

#include <stop_token>
#include <string>
#include <thread>

#include "base/unique_function.h"

namespace filo {

class Worker {
 public:
  // Background work gets the processor when nobody else wants it.
  enum class Priority { normal, background };

  // `name` is what the operating system shows (15 characters at most). `body` returns soon after the token asks it to.
  Worker(std::string name, UniqueFunction<void(std::stop_token)> body, Priority priority = Priority::normal);
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void request_stop() { thread_.request_stop(); }
  // Asks and waits. Safe to call twice; not from the worker itself.
  void stop();

 private:
  std::jthread thread_;
};

}  // namespace filo
