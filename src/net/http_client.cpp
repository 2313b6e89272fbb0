#include <algorithm>
#include <charconv>
#include <vector>

#include "net/client.h"
#include "net/client_socket.h"
#include "net/http1_header.h"

namespace filo::net {
namespace {

constexpr std::size_t header_bytes_max = 64U << 10;
constexpr std::size_t line_bytes_max = 4096;
constexpr std::size_t body_bytes_max = 1U << 30;  // of an answer kept whole

Error bad_answer(std::string_view what) {
  return Error{ErrorCode::unavailable, "the answer is not HTTP: " + std::string(what)};
}

class Http1Client final : public HttpClient {
 public:
  Http1Client(std::string host, std::uint16_t port) : host_(std::move(host)), port_(port) {}

  Result<Response> request(std::string_view method, std::string_view path, const Headers& headers,
                           std::string_view body, Deadline deadline) override {
    std::string whole;
    bool is_too_large = false;
    auto response = request_stream(
        method, path, headers, body,
        [&](std::string_view piece) {
          is_too_large = whole.size() + piece.size() > body_bytes_max;
          if (!is_too_large) whole.append(piece);
          return !is_too_large;
        },
        deadline);
    if (is_too_large) return Error{ErrorCode::too_large, "the answer is larger than a gigabyte"};
    if (response) response->body = std::move(whole);
    return response;
  }

  Result<Response> request_stream(std::string_view method, std::string_view path, const Headers& headers,
                                  std::string_view body, UniqueFunction<bool(std::string_view)> on_chunk,
                                  Deadline deadline) override {
    const std::string head = render_head(method, path, headers, body.size());
    // A server may close a kept connection at any time; the request was not looked at if no byte of an answer came.
    const bool may_retry = socket_.is_connected();
    auto response = exchange(method, head, body, on_chunk, deadline);
    if (!response && may_retry && !any_received_ && response.error().code == ErrorCode::unavailable) {
      response = exchange(method, head, body, on_chunk, deadline);
    }
    if (!response) socket_.close();
    return response;
  }

 private:
  std::string render_head(std::string_view method, std::string_view path, const Headers& headers,
                          std::size_t body_bytes) const;
  Result<Response> exchange(std::string_view method, std::string_view head, std::string_view body,
                            UniqueFunction<bool(std::string_view)>& on_chunk, const Deadline& deadline);
  Result<Http1ResponseHead> receive_head(const Deadline& deadline);
  Result<void> receive_more(const Deadline& deadline);
  Result<std::string> receive_line(const Deadline& deadline);
  Result<void> pass_on(std::uint64_t bytes, UniqueFunction<bool(std::string_view)>& on_chunk, const Deadline& deadline);
  Result<void> pass_chunks(UniqueFunction<bool(std::string_view)>& on_chunk, const Deadline& deadline);

  const std::string host_;
  const std::uint16_t port_;
  ClientSocket socket_;
  std::string input_;
  std::vector<char> buffer_ = std::vector<char>(64U << 10);
  bool any_received_ = false;
};

std::string Http1Client::render_head(std::string_view method, std::string_view path, const Headers& headers,
                                     std::size_t body_bytes) const {
  std::string head;
  head.append(method).append(" ").append(path).append(" HTTP/1.1\r\n");
  if (!headers.find("host"))
    head.append("host: ").append(host_).append(":").append(std::to_string(port_)).append("\r\n");
  for (const auto& [name, value] : headers.entries()) head.append(name).append(": ").append(value).append("\r\n");
  if (body_bytes > 0 || method == "POST" || method == "PUT") {
    head.append("content-length: ").append(std::to_string(body_bytes)).append("\r\n");
  }
  return head + "\r\n";
}

Result<void> Http1Client::receive_more(const Deadline& deadline) {
  auto size = socket_.receive(buffer_, deadline);
  if (!size) return size.error();
  if (*size == 0) return Error{ErrorCode::unavailable, host_ + ": the server closed the connection"};
  any_received_ = true;
  input_.append(buffer_.data(), *size);
  return {};
}

Result<Http1ResponseHead> Http1Client::receive_head(const Deadline& deadline) {
  while (true) {
    std::size_t end = input_.find("\r\n\r\n");
    while (end == std::string::npos) {
      if (input_.size() > header_bytes_max) return bad_answer("its header is too large");
      if (auto more = receive_more(deadline); !more) return more.error();
      end = input_.find("\r\n\r\n");
    }
    auto head = parse_response_head(std::string_view(input_).substr(0, end + 4));
    if (!head) return bad_answer(head.error().message);
    input_.erase(0, end + 4);
    if (head->status >= 200) return head;
  }
}

Result<void> Http1Client::pass_on(std::uint64_t bytes, UniqueFunction<bool(std::string_view)>& on_chunk,
                                  const Deadline& deadline) {
  while (bytes > 0) {
    if (input_.empty()) {
      if (auto more = receive_more(deadline); !more) return more;
    }
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, input_.size()));
    if (!on_chunk(std::string_view(input_).substr(0, size))) {
      return Error{ErrorCode::cancelled, "the rest of the answer is not wanted"};
    }
    input_.erase(0, size);
    bytes -= size;
  }
  return {};
}

Result<std::string> Http1Client::receive_line(const Deadline& deadline) {
  std::size_t end = input_.find("\r\n");
  while (end == std::string::npos) {
    if (input_.size() > line_bytes_max) return bad_answer("a line of its body is too long");
    if (auto more = receive_more(deadline); !more) return more.error();
    end = input_.find("\r\n");
  }
  std::string line = input_.substr(0, end);
  input_.erase(0, end + 2);
  return line;
}

Result<void> Http1Client::pass_chunks(UniqueFunction<bool(std::string_view)>& on_chunk, const Deadline& deadline) {
  while (true) {
    auto line = receive_line(deadline);
    if (!line) return line.error();
    std::uint64_t size = 0;
    const auto parsed = std::from_chars(line->data(), line->data() + line->size(), size, 16);
    if (parsed.ec != std::errc()) return bad_answer("a chunk size is not a number");
    if (size == 0) break;
    if (auto passed = pass_on(size, on_chunk, deadline); !passed) return passed;
    auto end = receive_line(deadline);
    if (!end) return end.error();
    if (!end->empty()) return bad_answer("a chunk does not end where it should");
  }
  while (true) {
    auto trailer = receive_line(deadline);
    if (!trailer) return trailer.error();
    if (trailer->empty()) return {};
  }
}

Result<Response> Http1Client::exchange(std::string_view method, std::string_view head, std::string_view body,
                                       UniqueFunction<bool(std::string_view)>& on_chunk, const Deadline& deadline) {
  any_received_ = false;
  if (!socket_.is_connected()) {
    input_.clear();
    if (auto connected = socket_.connect(host_, port_, deadline); !connected) return connected.error();
  }
  const auto close_after = [this](Error error) {
    socket_.close();
    return error;
  };
  auto sent = socket_.send(head, deadline);
  if (sent) sent = socket_.send(body, deadline);
  // A server that refuses a body may answer and close while we still send: the answer counts.
  if (!sent && sent.error().code != ErrorCode::unavailable) return close_after(sent.error());
  auto received = receive_head(deadline);
  if (!received) return close_after(received.error());
  Response response;
  response.status = received->status;
  response.headers = std::move(received->headers);
  const BodyFraming framing = received->framing;
  bool keep = framing.keep_alive && sent.has_value();
  Result<void> passed;
  if (method == "HEAD" || response.status == 204 || response.status == 304) {
  } else if (framing.is_chunked) {
    passed = pass_chunks(on_chunk, deadline);
  } else if (framing.untrusted_content_length) {
    passed = pass_on(*framing.untrusted_content_length, on_chunk, deadline);
  } else {
    keep = false;
    passed = pass_on(UINT64_MAX, on_chunk, deadline);
    if (passed.error().code == ErrorCode::unavailable) passed = {};
  }
  if (!passed) return close_after(passed.error());
  if (!keep) socket_.close();
  return response;
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  const auto bad = [&](std::string_view why) {
    return Error{ErrorCode::invalid_argument, "'" + std::string(text.substr(0, 200)) + "': " + std::string(why)};
  };
  if (text.starts_with("https://")) return Error{ErrorCode::unsupported, "https is not supported; use http or a proxy"};
  constexpr std::string_view scheme = "http://";
  if (!text.starts_with(scheme)) return bad("a URL begins with http://");
  const std::string_view rest = text.substr(scheme.size());
  const std::size_t slash = std::min(rest.find_first_of("/?"), rest.size());
  std::string_view authority = rest.substr(0, slash);
  Url url;
  url.path = rest.substr(slash);
  if (!url.path.starts_with('/')) url.path.insert(0, 1, '/');
  if (authority.find('@') != std::string_view::npos) return bad("credentials in a URL are not supported");
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t bracket = authority.find(']');
    if (bracket == std::string_view::npos) return bad("']' is missing");
    url.host = authority.substr(1, bracket - 1);
    port = authority.substr(bracket + 1);
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    url.host = authority.substr(0, colon);
    port = authority.substr(colon);
  }
  if (url.host.empty()) return bad("the host is missing");
  if (!port.empty()) {
    port.remove_prefix(1);
    const auto parsed = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (parsed.ec != std::errc() || parsed.ptr != port.data() + port.size() || url.port == 0)
      return bad("the port is not one");
  }
  for (const char c : url.path) {
    if (static_cast<unsigned char>(c) <= ' ') return bad("spaces and control characters must be percent-encoded");
  }
  return url;
}

std::unique_ptr<HttpClient> HttpClient::create(std::string host, std::uint16_t port, const Clock&) {
  return std::make_unique<Http1Client>(std::move(host), port);
}

}  // namespace filo::net
