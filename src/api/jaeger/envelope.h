// What Jaeger wraps its answers in: {"data":…,"total":N,"limit":0,"offset":0,"errors":null}. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"

namespace filo::api {

struct JaegerError {
  int code = 0;  // left out when 0
  std::string message;
  std::string trace_id;  // left out when empty
};

net::Response enveloped(std::string_view data, std::size_t total, const std::vector<JaegerError>& errors);
// As Go's http.Error sends it: text/plain around JSON.
net::Response jaeger_failure(int status, std::string message);
net::Response page_not_found();

}  // namespace filo::api
