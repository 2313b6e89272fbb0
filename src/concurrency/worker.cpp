#include "concurrency/worker.h"

#include <pthread.h>
#include <sys/resource.h>

namespace filo {

Worker::Worker(std::string name, UniqueFunction<void(std::stop_token)> body, Priority priority)
    : thread_([name = std::move(name), body = std::move(body), priority](std::stop_token token) mutable {
        pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
        // On Linux this is about the calling thread only.
        if (priority == Priority::background) static_cast<void>(setpriority(PRIO_PROCESS, 0, 10));
        body(std::move(token));
      }) {}

void Worker::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace filo
