#include "net/http1_session.h"

#include <algorithm>
#include <charconv>

#include "net/base64.h"

namespace filo::net {
namespace {

constexpr std::size_t body_reserve_max = 1U << 20;  // what a content-length is believed without a byte of it
constexpr std::size_t chunk_line_bytes_max = 256;
constexpr std::size_t answer_piece_bytes = 64U << 10;

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Status";
  }
}

// A value with a line break in it would be a header of its own.
void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  for (const char c : value) out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
  out += "\r\n";
}

bool is_token_start(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

}  // namespace

Http1Session::Http1Session(const SessionContext& context, std::shared_ptr<Mailbox> mailbox)
    : context_(context),
      mailbox_(std::move(mailbox)),
      share_(context.budget),
      state_since_(context.clock.steady_now()) {}

Http1Session::~Http1Session() {
  if (exchange_) exchange_->close();
}

void Http1Session::receive(std::string_view untrusted) {
  if (state_ == State::finished) return;
  if (!input_.empty() || state_ == State::answering) {
    input_.append(untrusted);
    return resume();
  }
  while (step(untrusted)) {
  }
  input_.assign(untrusted);
}

void Http1Session::resume() {
  std::string held = std::exchange(input_, {});
  std::string_view input = held;
  while (step(input)) {
  }
  if (input.size() == held.size()) {
    input_ = std::move(held);
  } else {
    input_.assign(input);
  }
}

void Http1Session::end_of_input() {
  input_ended_ = true;
  if (state_ != State::answering) state_ = State::finished;
}

bool Http1Session::wants_input() const {
  return state_ != State::finished && !input_ended_ && input_.size() <= context_.config.header_bytes_max &&
         output_.bytes() < context_.config.stream_buffer_bytes_max;
}

void Http1Session::progress(std::uint64_t) {
  if (state_ == State::answering) send_answer();
  if (state_ == State::header && !input_.empty()) resume();
  if (state_ == State::header && input_ended_) state_ = State::finished;
}

void Http1Session::tick(Duration now) {
  if (state_ == State::finished || state_ == State::answering) return;
  const Duration waited = now - state_since_;
  if (!request_begun_) {
    if (waited > context_.config.idle_timeout) state_ = State::finished;
  } else if (waited > context_.config.request_timeout) {
    context_.metrics.requests_timed_out.add();
    refuse(408, "the request took too long to arrive");
  }
}

void Http1Session::shut_down() {
  shutting_down_ = true;
  keep_alive_ = false;
  if (!request_begun_ && state_ == State::header) state_ = State::finished;
}

bool Http1Session::step(std::string_view& input) {
  switch (state_) {
    case State::header:
      return read_header(input);
    case State::body:
      return read_body(input);
    case State::chunk_size:
      return read_chunk_size(input);
    case State::chunk:
      if (!take_body(input)) return false;
      state_ = State::chunk_end;
      return true;
    case State::chunk_end:
      return read_chunk_end(input);
    case State::trailer:
      return read_trailer(input);
    case State::answering:
    case State::upgraded:
      return false;
    case State::finished:
      input = {};
      return false;
  }
  return false;
}

bool Http1Session::read_header(std::string_view& input) {
  if (output_.bytes() >= context_.config.stream_buffer_bytes_max) return false;
  // RFC 9112 section 2.2: an empty line before a request is ignored.
  while (!request_begun_ && input.starts_with("\r\n")) input.remove_prefix(2);
  if (input.empty() || (!request_begun_ && input == "\r")) return false;
  if (!request_begun_) {
    request_begun_ = true;
    scanned_ = 0;
    state_since_ = context_.clock.steady_now();
    if (!is_token_start(input.front())) return refuse(400, "this is not an HTTP request"), true;
  }
  const std::size_t end = input.find("\r\n\r\n", scanned_ < 3 ? 0 : scanned_ - 3);
  if (end == std::string_view::npos || end + 4 > context_.config.header_bytes_max) {
    if (input.size() > context_.config.header_bytes_max) return refuse(431, "the header is too large"), true;
    const std::size_t line_end = scanned_ == 0 ? input.find('\n') : std::string_view::npos;
    if (line_end != std::string_view::npos && input.substr(0, line_end).find(" HTTP/1.") == std::string_view::npos) {
      return refuse(400, "this is not an HTTP/1 request line"), true;
    }
    if (line_end != std::string_view::npos || scanned_ != 0) scanned_ = input.size();
    return false;
  }
  auto head = parse_request_head(input.substr(0, end + 4));
  input.remove_prefix(end + 4);
  scanned_ = 0;
  if (!head) {
    refuse(400, head.error().message);
  } else {
    begin_request(std::move(*head), input);
  }
  return true;
}

void Http1Session::begin_request(Http1RequestHead head, std::string_view input) {
  head_ = std::move(head);
  keep_alive_ = head_.framing.keep_alive && !shutting_down_;
  context_.metrics.requests_http1.add();
  const std::uint64_t length = head_.framing.untrusted_content_length.value_or(0);
  if (length > context_.request_bytes_max()) {
    return refuse(413, "the body is larger than " + std::to_string(context_.request_bytes_max()) + " bytes");
  }
  const bool has_body = head_.framing.is_chunked || length > 0;
  if (!has_body) {
    if (!begin_upgrade()) request_complete();
    return;
  }
  if (head_.expects_continue && input.empty()) output_.append("HTTP/1.1 100 Continue\r\n\r\n");
  body_.reserve(std::min<std::size_t>(length, body_reserve_max));
  body_left_ = length;
  trailer_bytes_ = 0;
  state_ = head_.framing.is_chunked ? State::chunk_size : State::body;
}

bool Http1Session::begin_upgrade() {
  const Headers& headers = head_.request.headers;
  const auto protocol = headers.find("upgrade");
  const auto settings = headers.find("http2-settings");
  if (head_.minor_version != 1 || protocol != "h2c" || !settings || shutting_down_) return false;
  auto decoded = base64_decode(*settings);
  // A SETTINGS payload is entries of six bytes (RFC 7540 section 6.5.1); otherwise the client gets HTTP/1.1.
  if (!decoded || decoded->size() % 6 != 0) return false;
  output_.append("HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: h2c\r\n\r\n");
  upgrade_ = Upgrade{std::move(head_.request), std::move(*decoded)};
  state_ = State::upgraded;
  return true;
}

// Moves what belongs to the body or chunk into body_; true when it is whole.
bool Http1Session::take_body(std::string_view& input) {
  const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), body_left_));
  body_.append(input.substr(0, size));
  share_.add(size);
  input.remove_prefix(size);
  body_left_ -= size;
  return body_left_ == 0;
}

bool Http1Session::read_body(std::string_view& input) {
  if (!take_body(input)) return false;
  request_complete();
  return true;
}

// A line without its CRLF. False: it is not whole, or the request was refused because it is too long.
bool Http1Session::read_line(std::string_view& input, std::string_view& line) {
  const std::size_t end = input.find("\r\n");
  if (end > chunk_line_bytes_max) {  // npos, no whole line, is larger too
    if (input.size() > chunk_line_bytes_max) refuse(400, "a line of the chunked body is too long");
    return false;
  }
  line = input.substr(0, end);
  input.remove_prefix(end + 2);
  return true;
}

bool Http1Session::read_chunk_size(std::string_view& input) {
  std::string_view line;
  if (!read_line(input, line)) return false;
  std::uint64_t size = 0;
  const auto parsed = std::from_chars(line.data(), line.data() + line.size(), size, 16);
  const std::string_view rest = line.substr(static_cast<std::size_t>(parsed.ptr - line.data()));
  if (parsed.ec != std::errc() ||
      (!rest.empty() && rest.front() != ';' && rest.front() != ' ' && rest.front() != '\t')) {
    return refuse(400, "a chunk size is not a number"), true;
  }
  if (size > context_.request_bytes_max() || body_.size() + size > context_.request_bytes_max()) {
    return refuse(413, "the body is larger than " + std::to_string(context_.request_bytes_max()) + " bytes"), true;
  }
  body_left_ = size;
  state_ = size == 0 ? State::trailer : State::chunk;
  return true;
}

bool Http1Session::read_chunk_end(std::string_view& input) {
  if (input.size() < 2) return false;
  if (!input.starts_with("\r\n")) return refuse(400, "a chunk does not end where it should"), true;
  input.remove_prefix(2);
  state_ = State::chunk_size;
  return true;
}

// Trailers are read and forgotten: no handler may depend on them (RFC 9110 section 6.5.1).
bool Http1Session::read_trailer(std::string_view& input) {
  std::string_view line;
  if (!read_line(input, line)) return false;
  trailer_bytes_ += line.size() + 2;
  if (trailer_bytes_ > context_.config.header_bytes_max) return refuse(431, "the trailers are too large"), true;
  if (line.empty()) request_complete();
  return true;
}

void Http1Session::request_complete() {
  Request request = std::move(head_.request);
  request.body = std::exchange(body_, {});
  share_.clear();
  state_ = State::answering;
  head_sent_ = false;
  is_bodiless_answer_ = request.method == "HEAD";
  answer_headers_ = cors_headers(context_.routes, request);
  exchange_ = std::make_shared<Exchange>(mailbox_, ++exchange_id_, context_.config.stream_buffer_bytes_max);
  dispatch(context_.routes, std::move(request), make_responder(exchange_));
  send_answer();
}

void Http1Session::send_answer() {
  while (state_ == State::answering && output_.bytes() < context_.config.stream_buffer_bytes_max) {
    Exchange::Progress progress = exchange_->take(answer_piece_bytes);
    if (!progress.head && progress.chunks.empty() && progress.end == Exchange::End::open) return;
    if (progress.head) write_head(*progress.head);
    for (Chunk& chunk : progress.chunks) {
      if (is_bodiless_answer_) break;
      if (is_chunked_answer_) {
        char size[20];
        const auto end = std::to_chars(size, size + sizeof(size), chunk.bytes.size(), 16).ptr;
        output_.append(std::string_view(size, static_cast<std::size_t>(end - size)));
        output_.append("\r\n");
      }
      output_.append(std::move(chunk));
      if (is_chunked_answer_) output_.append("\r\n");
    }
    if (progress.end != Exchange::End::open) end_answer(progress.end);
  }
}

void Http1Session::write_head(const AnswerHead& head) {
  head_sent_ = true;
  std::string out = "HTTP/1.1 " + std::to_string(head.status) + " ";
  out.append(reason_of(head.status)).append("\r\n");
  for (const auto& [name, value] : head.headers.entries()) append_header(out, name, value);
  for (const auto& [name, value] : answer_headers_.entries()) append_header(out, name, value);
  const bool never_has_body = head.status == 204 || head.status == 304 || head.status < 200;
  if (!never_has_body && head.content_length)
    append_header(out, "content-length", std::to_string(*head.content_length));
  is_chunked_answer_ = !never_has_body && !head.content_length && head_.minor_version == 1 && !is_bodiless_answer_;
  if (is_chunked_answer_) append_header(out, "transfer-encoding", "chunked");
  // Without a length or chunks the end of the connection is the end of the body (RFC 9112 section 6.3).
  if (!never_has_body && !head.content_length && head_.minor_version == 0) keep_alive_ = false;
  is_bodiless_answer_ = is_bodiless_answer_ || never_has_body;
  if (!keep_alive_) {
    append_header(out, "connection", "close");
  } else if (head_.minor_version == 0) {
    append_header(out, "connection", "keep-alive");
  }
  out += "\r\n";
  output_.append(out);
}

void Http1Session::end_answer(Exchange::End end) {
  if (end == Exchange::End::abandoned && !head_sent_) {
    constexpr std::string_view text = "the server gave no answer\n";
    AnswerHead head{500, {}, text.size()};
    head.headers.add("content-type", "text/plain; charset=utf-8");
    write_head(head);
    if (!is_bodiless_answer_) output_.append(text);
  } else if (end == Exchange::End::abandoned) {
    keep_alive_ = false;
  } else if (is_chunked_answer_) {
    output_.append("0\r\n\r\n");
  }
  exchange_->close();
  exchange_.reset();
  request_begun_ = false;
  is_chunked_answer_ = false;
  scanned_ = 0;
  state_since_ = context_.clock.steady_now();
  state_ = keep_alive_ ? State::header : State::finished;
}

void Http1Session::refuse(int status, std::string_view reason) {
  if (status == 413) context_.metrics.requests_too_large.add();
  if (status == 400 || status == 431) context_.metrics.requests_malformed.add();
  share_.clear();
  body_ = {};
  is_refused_ = true;
  keep_alive_ = false;
  is_chunked_answer_ = false;
  is_bodiless_answer_ = false;
  AnswerHead head{status, {}, reason.size() + 1};
  head.headers.add("content-type", "text/plain; charset=utf-8");
  answer_headers_ = {};
  write_head(head);
  output_.append(reason);
  output_.append("\n");
  state_ = State::finished;
}

}  // namespace filo::net
