// Answers to an export: ExportTraceServiceResponse with its partial success, and google.rpc.Status for refusals
// (https://opentelemetry.io/docs/specs/otlp/#otlphttp-response). Pure functions.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "wire/decoded.h"

namespace filo::wire::otlp {

// Empty, but for a partial success when spans were rejected: senders log any other as a warning.
std::string encode_response(const Rejections& rejected);
std::string render_json_response(const Rejections& rejected);

// `code` is a gRPC status code.
std::string encode_status(int code, std::string_view message);
std::string render_json_status(int code, std::string_view message);
// With a google.rpc.RetryInfo, which tells gRPC senders that trying again is worth it.
std::string encode_retry_status(int code, std::string_view message, std::chrono::seconds delay);

}  // namespace filo::wire::otlp
