#include "concurrency/worker.h"

#include <pthread.h>

namespace filo {

Worker::Worker(std::string name, UniqueFunction<void(std::stop_token)> body)
    : thread_([name = std::move(name), body = std::move(body)](std::stop_token token) mutable {
        pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
        body(std::move(token));
      }) {}

void Worker::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace filo
