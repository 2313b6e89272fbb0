// A program with one request in it: a server span, a query within it, and a task in another thread.
// Usage: hello_trace [ENDPOINT]      prints the id of the trace it sent
#include <cstdio>
#include <thread>

#include "filo/filo.h"

namespace {

void load_order(int number) {
  filo::Span span("SELECT orders", filo::Kind::client);
  span.tag("db.system.name", "postgresql").tag("order.number", number);
}

void notify(const filo::Context& request) {
  const filo::Scope scope(request);  // what this thread does now belongs to the request
  filo::Span span("send mail", filo::Kind::producer);
  span.event("queued").error("mailbox full");
}

}  // namespace

int main(int argc, char** argv) {
  filo::Options options;
  options.service = "hello";
  if (argc > 1) options.endpoint = argv[1];
  if (const char* problem = filo::start(options)) {
    std::fprintf(stderr, "no tracing: %s\n", problem);
    return 2;
  }
  filo::Context request;
  {
    filo::Span span("GET /orders/{id}", filo::Kind::server);
    span.tag("http.request.method", "GET").tag("http.response.status_code", 200);
    request = span.context();
    load_order(7);
    std::thread mail(notify, request);
    mail.join();
  }
  std::printf("%s\n", filo::trace_id_text(request).digits);
  return filo::flush(std::chrono::seconds(5)) ? 0 : 1;
}
