#include "net/http1_header.h"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <charconv>

#include "net/routes.h"

namespace filo::net {
namespace {

namespace http = boost::beast::http;

Error malformed(std::string message) { return Error{ErrorCode::invalid_argument, std::move(message)}; }

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// Whether a comma-separated list holds `token`, in any case.
bool has_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    std::string_view item = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), item.size() + 1));
    while (!item.empty() && (item.front() == ' ' || item.front() == '\t')) item.remove_prefix(1);
    while (!item.empty() && (item.back() == ' ' || item.back() == '\t')) item.remove_suffix(1);
    if (lower_case(item) == token) return true;
  }
  return false;
}

// RFC 9112 section 6: a message with two framings, or two lengths, is how requests are smuggled past a proxy.
Result<BodyFraming> framing_of(const Headers& headers, int minor_version) {
  BodyFraming framing;
  framing.keep_alive = minor_version >= 1;
  std::size_t encodings = 0;
  for (const auto& [name, value] : headers.entries()) {
    if (name == "content-length") {
      std::uint64_t length = 0;
      const char* end = value.data() + value.size();
      const auto parsed = std::from_chars(value.data(), end, length);
      if (value.empty() || parsed.ec != std::errc() || parsed.ptr != end)
        return malformed("content-length is not a number");
      if (framing.untrusted_content_length && framing.untrusted_content_length != length) {
        return malformed("two different content-lengths");
      }
      framing.untrusted_content_length = length;
    } else if (name == "transfer-encoding") {
      if (++encodings > 1 || lower_case(value) != "chunked") return malformed("transfer-encoding other than chunked");
      framing.is_chunked = true;
    } else if (name == "connection") {
      if (has_token(value, "close")) framing.keep_alive = false;
      if (minor_version == 0 && has_token(value, "keep-alive")) framing.keep_alive = true;
    }
  }
  if (framing.is_chunked && framing.untrusted_content_length) {
    return malformed("both content-length and transfer-encoding");
  }
  if (framing.is_chunked && minor_version == 0) return malformed("transfer-encoding in HTTP/1.0");
  return framing;
}

template <typename Parser>
std::optional<Error> run(Parser& parser, std::string_view header) {
  // Obsolete line folding (RFC 9112 section 5.2): Beast would join the lines.
  if (header.find("\r\n ") != std::string_view::npos || header.find("\r\n\t") != std::string_view::npos) {
    return malformed("a header line is folded");
  }
  parser.header_limit(static_cast<std::uint32_t>(header.size() + 1));
  parser.body_limit(boost::none);
  boost::beast::error_code error;
  parser.put(boost::asio::const_buffer(header.data(), header.size()), error);
  if (error && error != http::error::need_more) return malformed(error.message());
  if (!parser.is_header_done()) return malformed("the header is not whole");
  return std::nullopt;
}

template <typename Fields>
Headers copy_headers(const Fields& fields) {
  Headers headers;
  for (const auto& field : fields) {
    headers.add(lower_case({field.name_string().data(), field.name_string().size()}),
                std::string(field.value().data(), field.value().size()));
  }
  return headers;
}

}  // namespace

Result<Http1RequestHead> parse_request_head(std::string_view header) {
  http::request_parser<http::empty_body> parser;
  if (auto error = run(parser, header)) return *error;
  const auto& message = parser.get();
  Http1RequestHead head;
  head.minor_version = message.version() == 10 ? 0 : 1;
  head.request.method.assign(message.method_string().data(), message.method_string().size());
  if (!parse_target({message.target().data(), message.target().size()}, head.request)) {
    return malformed("the request target is not a path");
  }
  head.request.headers = copy_headers(message);
  std::size_t hosts = 0;
  for (const auto& [name, value] : head.request.headers.entries()) {
    if (name == "host") ++hosts;
    if (name == "expect") head.expects_continue = lower_case(value) == "100-continue" && head.minor_version == 1;
  }
  if (hosts > 1 || (hosts == 0 && head.minor_version == 1)) return malformed("a request has one host header");
  auto framing = framing_of(head.request.headers, head.minor_version);
  if (!framing) return framing.error();
  head.framing = *framing;
  return head;
}

Result<Http1ResponseHead> parse_response_head(std::string_view header) {
  http::response_parser<http::empty_body> parser;
  parser.skip(true);
  if (auto error = run(parser, header)) return *error;
  Http1ResponseHead head;
  head.status = parser.get().result_int();
  head.headers = copy_headers(parser.get());
  auto framing = framing_of(head.headers, parser.get().version() == 10 ? 0 : 1);
  if (!framing) return framing.error();
  head.framing = *framing;
  return head;
}

}  // namespace filo::net
