// Problem: what is wrong with a request, or why it could not be answered; RFC 9457.
#pragma once

#include <optional>
#include <string>

#include "api/json_writer.h"
#include "base/error.h"
#include "net/http.h"

namespace filo::api {

struct Problem {
  std::string title;  // one sentence: what, where, how to mend it
  int status = 400;
  std::string code = "invalid_argument";
  std::optional<std::size_t> position;  // of an error in a filter
};

Problem problem_of(const Error& error);
Problem bad_request(std::string title);
void append(JsonWriter& json, const Problem& problem);
net::Response response_of(const Problem& problem);

}  // namespace filo::api
