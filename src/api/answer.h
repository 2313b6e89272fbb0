// What all HTTP dialects do with a question: hand it to a worker, and send the answer as small as the client lets us.
#pragma once

#include <memory>

#include "api/context.h"
#include "net/http.h"

namespace filo::api {

// One question with all that is needed to answer it; lives on a worker thread.
struct Question {
  net::Request request;
  std::unique_ptr<net::Responder> responder;
  Deadline deadline;
};

// Runs `work` on a worker; answers `refusal` (503 with Retry-After) when too many wait.
void ask(const ApiContext& context, net::Request request, std::unique_ptr<net::Responder> responder,
         net::Response refusal, UniqueFunction<void(Question)> work);

// Answers with gzip when the body is large and the client takes it.
void respond_compressed(Question question, net::Response response);
bool accepts_gzip(const net::Headers& headers);

}  // namespace filo::api
