#include "net/grpc_wire.h"

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "net/base64.h"
#include "net/content_encoding.h"

namespace filo::net {
namespace {

constexpr std::size_t prefix_bytes = 5;
constexpr std::size_t message_reserve_max = 1U << 20;

// The specification's Percent-Encoded: printable ASCII but '%' stays.
std::string encode_grpc_message(std::string_view message) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : message) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte <= 0x7e && c != '%') {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

class ExchangeGrpcResponder final : public GrpcResponder {
 public:
  explicit ExchangeGrpcResponder(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  ~ExchangeGrpcResponder() override {
    if (!finished_) finish({GrpcCode::internal, "the server gave no answer", {}});
  }

  bool write(std::string message) override {
    if (!std::exchange(started_, true)) exchange_->start(200, grpc_answer_headers());
    return exchange_->write(frame_message(message));
  }
  void finish(GrpcStatus status) override {
    CHECK(!finished_);
    finished_ = true;
    if (started_) {
      exchange_->finish(trailers_of(status));
    } else {
      exchange_->respond_without_body(200, grpc_answer_headers(), trailers_of(status));
    }
  }

 private:
  const std::shared_ptr<Exchange> exchange_;
  bool started_ = false;
  bool finished_ = false;
};

}  // namespace

bool is_grpc_content_type(std::string_view content_type) {
  constexpr std::string_view grpc = "application/grpc";
  if (!content_type.starts_with(grpc)) return false;
  return content_type.size() == grpc.size() || content_type[grpc.size()] == '+' || content_type[grpc.size()] == ';';
}

std::optional<Duration> parse_grpc_timeout(std::string_view untrusted) {
  if (untrusted.size() < 2 || untrusted.size() > 9) return std::nullopt;
  std::int64_t count = 0;
  const char* end = untrusted.data() + untrusted.size() - 1;
  const auto parsed = std::from_chars(untrusted.data(), end, count);
  if (parsed.ec != std::errc() || parsed.ptr != end || count < 0) return std::nullopt;
  switch (untrusted.back()) {
    // Eight digits of hours overflow nanoseconds; a year is as good as what was asked for.
    case 'H':
      return std::chrono::hours(std::min<std::int64_t>(count, 8760));
    case 'M':
      return std::chrono::minutes(std::min<std::int64_t>(count, 525'600));
    case 'S':
      return std::chrono::seconds(count);
    case 'm':
      return std::chrono::milliseconds(count);
    case 'u':
      return std::chrono::microseconds(count);
    case 'n':
      return std::chrono::nanoseconds(count);
    default:
      return std::nullopt;
  }
}

std::string render_grpc_timeout(Duration timeout) {
  constexpr std::int64_t count_max = 99'999'999;
  const std::int64_t us = std::max<std::int64_t>(timeout.count() / 1000, 0);
  if (us <= count_max) return std::to_string(us) + "u";
  if (us / 1000 <= count_max) return std::to_string(us / 1000) + "m";
  return std::to_string(std::min(us / 1'000'000, count_max)) + "S";
}

Headers grpc_answer_headers() {
  Headers headers;
  headers.add("content-type", "application/grpc");
  return headers;
}

Headers trailers_of(const GrpcStatus& status) {
  Headers trailers;
  trailers.add("grpc-status", std::to_string(static_cast<int>(status.code)));
  if (!status.message.empty()) trailers.add("grpc-message", encode_grpc_message(status.message));
  if (!status.details.empty()) trailers.add("grpc-status-details-bin", base64_encode(status.details));
  return trailers;
}

GrpcStatus status_of_trailers(const Headers& trailers) {
  GrpcStatus status{GrpcCode::unknown, "the answer has no grpc-status", {}};
  if (const auto code = trailers.find("grpc-status")) {
    int value = -1;
    std::from_chars(code->data(), code->data() + code->size(), value);
    status.code = value >= 0 && value <= 16 ? static_cast<GrpcCode>(value) : GrpcCode::unknown;
    status.message = percent_decode(trailers.find("grpc-message").value_or(""));
  }
  if (const auto details = trailers.find("grpc-status-details-bin")) {
    status.details = base64_decode(*details).value_or("");
  }
  return status;
}

std::string frame_message(std::string_view message) {
  CHECK(message.size() <= UINT32_MAX);
  std::string framed;
  framed.reserve(prefix_bytes + message.size());
  framed += '\0';
  for (int shift = 24; shift >= 0; shift -= 8) framed += static_cast<char>((message.size() >> shift) & 255);
  framed.append(message);
  return framed;
}

GrpcInput::Step GrpcInput::fail(GrpcCode code, std::string message) {
  failure_ = GrpcStatus{code, std::move(message), {}};
  return Step::failed;
}

GrpcInput::Step GrpcInput::next(std::string_view& untrusted) {
  if (prefix_size_ < prefix_bytes) {
    const std::size_t size = std::min(prefix_bytes - prefix_size_, untrusted.size());
    std::copy_n(untrusted.begin(), size, prefix_.begin() + static_cast<std::ptrdiff_t>(prefix_size_));
    prefix_size_ += size;
    untrusted.remove_prefix(size);
    if (prefix_size_ < prefix_bytes) return Step::needs_more;
    length_ = 0;
    for (std::size_t i = 1; i < prefix_bytes; ++i) length_ = (length_ << 8) | static_cast<unsigned char>(prefix_[i]);
    if (prefix_[0] != 0 && prefix_[0] != 1) return fail(GrpcCode::internal, "a message has an unknown flag");
    if (prefix_[0] == 1 && encoding_.empty()) {
      return fail(GrpcCode::internal, "a message is compressed, but there is no grpc-encoding");
    }
    if (length_ > message_bytes_max_) {
      return fail(GrpcCode::resource_exhausted,
                  "a message is larger than " + std::to_string(message_bytes_max_) + " bytes");
    }
    message_.reserve(std::min(length_, message_reserve_max));
  }
  const std::size_t size = std::min(length_ - message_.size(), untrusted.size());
  message_.append(untrusted.substr(0, size));
  untrusted.remove_prefix(size);
  return message_.size() < length_ ? Step::needs_more : finish_message();
}

GrpcInput::Step GrpcInput::finish_message() {
  prefix_size_ = 0;
  if (prefix_[0] == 0) return Step::message;
  auto decoded = decode_body(take_message(), encoding_, message_bytes_max_);
  if (!decoded) {
    return fail(decoded.error().code == ErrorCode::too_large ? GrpcCode::resource_exhausted : GrpcCode::internal,
                decoded.error().message);
  }
  message_ = std::move(*decoded);
  return Step::message;
}

std::unique_ptr<GrpcResponder> make_grpc_responder(std::shared_ptr<Exchange> exchange) {
  return std::make_unique<ExchangeGrpcResponder>(std::move(exchange));
}

int http_status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
      return 400;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::too_large:
      return 413;
    case ErrorCode::overloaded:
      return 429;
    case ErrorCode::deadline_exceeded:
      return 504;
    case ErrorCode::unavailable:
    case ErrorCode::disk_full:
      return 503;
    case ErrorCode::unsupported:
      return 415;
    case ErrorCode::cancelled:
      return 499;
    case ErrorCode::io_failed:
    case ErrorCode::corrupt_data:
    case ErrorCode::internal:
      return 500;
  }
  return 500;
}

GrpcCode grpc_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
      return GrpcCode::invalid_argument;
    case ErrorCode::not_found:
      return GrpcCode::not_found;
    case ErrorCode::too_large:
    case ErrorCode::overloaded:
      return GrpcCode::resource_exhausted;
    case ErrorCode::deadline_exceeded:
      return GrpcCode::deadline_exceeded;
    case ErrorCode::unavailable:
    case ErrorCode::disk_full:
      return GrpcCode::unavailable;
    case ErrorCode::unsupported:
      return GrpcCode::unimplemented;
    case ErrorCode::cancelled:
      return GrpcCode::cancelled;
    case ErrorCode::corrupt_data:
      return GrpcCode::data_loss;
    case ErrorCode::io_failed:
    case ErrorCode::internal:
      return GrpcCode::internal;
  }
  return GrpcCode::unknown;
}

}  // namespace filo::net
