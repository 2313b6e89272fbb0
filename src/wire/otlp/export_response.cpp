#include "wire/otlp/export_response.h"

#include "wire/protobuf/writer.h"

namespace filo::wire::otlp {
namespace {

using protobuf::Writer;

std::string explain_rejections(const Rejections& rejected) {
  const std::uint64_t total = rejected.total();
  return std::to_string(total) + (total == 1 ? " span was" : " spans were") +
         " rejected, the first one: " + rejected.first;
}

}  // namespace

std::string encode_response(const Rejections& rejected) {
  std::string out;
  if (rejected.total() == 0) return out;
  Writer writer(out);
  const auto partial_success = writer.begin(1, 100);
  writer.varint(1, rejected.total());
  writer.bytes(2, explain_rejections(rejected));
  writer.end(partial_success);
  return out;
}

std::string render_json_response(const Rejections& rejected) {
  if (rejected.total() == 0) return R"({"partialSuccess":{}})";
  std::string out =
      R"({"partialSuccess":{"rejectedSpans":")" + std::to_string(rejected.total()) + R"(","errorMessage":)";
  append_json_string(out, explain_rejections(rejected));
  return out + "}}";
}

std::string encode_status(int code, std::string_view message) {
  std::string out;
  Writer writer(out);
  writer.varint(1, static_cast<std::uint64_t>(code));
  writer.bytes(2, message);
  return out;
}

std::string render_json_status(int code, std::string_view message) {
  std::string out = R"({"code":)" + std::to_string(code) + R"(,"message":)";
  append_json_string(out, message);
  return out + "}";
}

std::string encode_retry_status(int code, std::string_view message, std::chrono::seconds delay) {
  std::string retry_info;
  Writer info(retry_info);
  const auto duration = info.begin(1, 2);
  info.varint(1, static_cast<std::uint64_t>(delay.count()));
  info.end(duration);
  std::string out = encode_status(code, message);
  Writer writer(out);
  const auto detail = writer.begin(3, 60);
  writer.bytes(1, "type.googleapis.com/google.rpc.RetryInfo");
  writer.bytes(2, retry_info);
  writer.end(detail);
  return out;
}

}  // namespace filo::wire::otlp
