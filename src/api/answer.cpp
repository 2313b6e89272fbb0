#include "api/answer.h"

#include <algorithm>

#include "net/content_encoding.h"

namespace filo::api {

void ask(const ApiContext& context, net::Request request, std::unique_ptr<net::Responder> responder,
         net::Response refusal, UniqueFunction<void(Question)> work) {
  const Duration time = std::min(context.limits.query_timeout, request.deadline.remaining());
  // The job is made of what it needs, so a refused one gives the responder back.
  struct Job {
    Question question;
    UniqueFunction<void(Question)> work;
  };
  auto job = std::make_shared<Job>(
      Job{{std::move(request), std::move(responder), Deadline::after(context.clock, time)}, std::move(work)});
  if (context.workers.try_run([job] { job->work(std::move(job->question)); })) return;
  refusal.headers.add("retry-after", "1");
  job->question.responder->respond(std::move(refusal));
}

bool accepts_gzip(const net::Headers& headers) {
  const auto accepted = headers.find("accept-encoding");
  if (!accepted) return false;
  std::string_view rest = *accepted;
  while (!rest.empty()) {
    std::string_view coding = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), coding.size() + 1));
    while (coding.starts_with(' ')) coding.remove_prefix(1);
    const std::string_view name = coding.substr(0, coding.find_first_of("; "));
    if (name != "gzip" && name != "*") continue;
    const std::size_t weight = coding.find("q=");
    return weight == std::string_view::npos ||
           coding.substr(weight + 2).find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

void respond_compressed(Question question, net::Response response) {
  constexpr std::size_t worth_it = 8U << 10;
  if (response.body.size() >= worth_it) {
    response.headers.add("vary", "accept, accept-encoding");
    if (accepts_gzip(question.request.headers)) {
      response.body = net::gzip_compress(response.body);
      response.headers.add("content-encoding", "gzip");
    }
  }
  question.responder->respond(std::move(response));
}

}  // namespace filo::api
