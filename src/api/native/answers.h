// One function for each question of the native API. All run on a query worker.
#pragma once

#include <string>
#include <variant>

#include "api/answer.h"
#include "api/native/open_traces.h"
#include "api/native/problem.h"
#include "query/engine.h"

namespace filo::api {

enum class FacetAnswer { services, operations, attributes, attribute_values };

net::Response boot_answer(const ApiContext& context);
net::Response facet_answer(const ApiContext& context, FacetAnswer kind, const Question& question);
// Answers as a stream, or with a problem before it begins.
void answer_search(const ApiContext& context, Question question);
// `rest` is what follows /api/x/v1/traces/ in the path.
net::Response trace_answer(const ApiContext& context, OpenTraces& traces, std::string_view rest,
                           const Question& question);

net::Response json_response();
// Milliseconds since `begin`, and what the answer rests on.
void append_meta(JsonWriter& json, const query::ScanReport& scan, Duration took);
// A body of JSON: decoded as its content-encoding says, and not too large.
std::variant<std::string, Problem> body_of(const ApiContext& context, const net::Request& request);

}  // namespace filo::api
