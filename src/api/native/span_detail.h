// Everything about one span as JSON (SpanDetail in the API description). Pure.
#pragma once

#include "api/json_writer.h"
#include "model/span.h"

namespace filo::api {

void append_span_detail(JsonWriter& json, std::size_t row, const Span& span);

}  // namespace filo::api
