#include "wire/otlp/otlp.h"
#include "wire/protobuf/writer.h"

namespace filo::wire::otlp {
namespace {

using protobuf::varint_size;
using protobuf::Writer;

// Guesses for Writer::begin; a wrong one costs time only.
constexpr std::size_t span_bytes_guess = 400;
constexpr std::size_t small_message_guess = 64;

std::string_view as_view(const char* buffer, std::size_t size) { return {buffer, size}; }

class Encoder {
 public:
  explicit Encoder(std::string& out) : writer_(out) {}

  void request(std::span<const Span> spans);

 private:
  void scope_spans(std::span<const Span> spans);
  void resource(const Resource& resource);
  void scope(const Scope& scope);
  void span(const Span& span);
  void event(const Event& event);
  void link(const Link& link);
  void status(const Span& span);
  void attributes(std::uint32_t number, std::span<const Attribute> list);
  void any_value(const AttributeValue& value);
  void text(std::uint32_t number, std::string_view value) {
    if (!value.empty()) writer_.bytes(number, value);
  }
  void count(std::uint32_t number, std::uint32_t value) {
    if (value != 0) writer_.varint(number, value);
  }
  void time(std::uint32_t number, Timestamp value) {
    if (value.unix_ns != 0) writer_.fixed64(number, static_cast<std::uint64_t>(value.unix_ns));
  }
  void id(std::uint32_t number, TraceId value) {
    if (value.is_zero()) return;
    const std::uint64_t words[] = {__builtin_bswap64(value.high), __builtin_bswap64(value.low)};
    writer_.bytes(number, as_view(reinterpret_cast<const char*>(words), sizeof(words)));
  }
  void id(std::uint32_t number, SpanId value) {
    if (value.is_zero()) return;
    const std::uint64_t word = __builtin_bswap64(value.value);
    writer_.bytes(number, as_view(reinterpret_cast<const char*>(&word), sizeof(word)));
  }

  // A nested message with what `body` writes.
  template <typename Body>
  void message(std::uint32_t number, std::size_t size_guess, Body body) {
    const auto mark = writer_.begin(number, size_guess);
    body();
    writer_.end(mark);
  }

  Writer writer_;
};

// Calls `on_run` with each run of spans whose `owner`, resource or scope, is the same.
template <typename Owner, typename OnRun>
void each_run(std::span<const Span> spans, const Owner* Span::*owner, OnRun on_run) {
  while (!spans.empty()) {
    const Owner& first = *(spans[0].*owner);
    std::size_t count = 1;
    while (count < spans.size() && (spans[count].*owner == &first || equal(*(spans[count].*owner), first))) ++count;
    on_run(first, spans.first(count));
    spans = spans.subspan(count);
  }
}

void Encoder::request(std::span<const Span> spans) {
  each_run(spans, &Span::resource, [this](const Resource& of_run, std::span<const Span> run) {
    message(1, run.size() * span_bytes_guess, [&] {
      resource(of_run);
      scope_spans(run);
      text(3, of_run.schema_url);
    });
  });
}

void Encoder::scope_spans(std::span<const Span> spans) {
  each_run(spans, &Span::scope, [this](const Scope& of_run, std::span<const Span> run) {
    message(2, run.size() * span_bytes_guess, [&] {
      scope(of_run);
      for (const Span& one : run) span(one);
      text(3, of_run.schema_url);
    });
  });
}

void Encoder::resource(const Resource& resource) {
  message(1, span_bytes_guess, [&] {
    attributes(1, resource.attributes);
    count(2, resource.dropped_attributes);
  });
}

void Encoder::scope(const Scope& scope) {
  message(1, small_message_guess, [&] {
    text(1, scope.name);
    text(2, scope.version);
    attributes(3, scope.attributes);
    count(4, scope.dropped_attributes);
  });
}

void Encoder::span(const Span& span) {
  message(2, span_bytes_guess, [&] {
    id(1, span.trace_id);
    id(2, span.id);
    text(3, span.trace_state);
    id(4, span.parent_id);
    text(5, span.name);
    count(6, static_cast<std::uint32_t>(span.kind));
    time(7, span.start);
    time(8, span.end);
    attributes(9, span.attributes);
    count(10, span.dropped_attributes);
    for (const Event& one : span.events) event(one);
    count(12, span.dropped_events);
    for (const Link& one : span.links) link(one);
    count(14, span.dropped_links);
    status(span);
    if (span.flags != 0) writer_.fixed32(16, span.flags);
  });
}

void Encoder::event(const Event& event) {
  message(11, small_message_guess, [&] {
    time(1, event.time);
    text(2, event.name);
    attributes(3, event.attributes);
    count(4, event.dropped_attributes);
  });
}

void Encoder::link(const Link& link) {
  message(13, small_message_guess, [&] {
    id(1, link.trace_id);
    id(2, link.span_id);
    text(3, link.trace_state);
    attributes(4, link.attributes);
    count(5, link.dropped_attributes);
    if (link.flags != 0) writer_.fixed32(6, link.flags);
  });
}

void Encoder::status(const Span& span) {
  if (span.status == StatusCode::unset && span.status_message.empty()) return;
  message(15, small_message_guess, [&] {
    text(2, span.status_message);
    count(3, static_cast<std::uint32_t>(span.status));
  });
}

// Bytes of an AnyValue that holds no list; 0 for one that does.
std::size_t scalar_size(const AttributeValue& value) {
  switch (value.type()) {
    case ValueType::string:
    case ValueType::bytes:
      return 1 + varint_size(value.text().size()) + value.text().size();
    case ValueType::boolean:
      return 2;
    case ValueType::int64:
      return 1 + varint_size(static_cast<std::uint64_t>(value.as_int()));
    case ValueType::float64:
      return 9;
    case ValueType::empty:
    case ValueType::array:
    case ValueType::map:
      return 0;
  }
  return 0;
}

void Encoder::attributes(std::uint32_t number, std::span<const Attribute> list) {
  for (const auto& [key, value] : list) {
    const std::size_t value_size = scalar_size(value);
    if (value_size != 0) {
      writer_.raw_varint(protobuf::tag(number, protobuf::WireType::bytes));
      writer_.raw_varint(1 + varint_size(key.size()) + key.size() + 1 + varint_size(value_size) + value_size);
      writer_.bytes(1, key);
      writer_.raw_varint(protobuf::tag(2, protobuf::WireType::bytes));
      writer_.raw_varint(value_size);
      any_value(value);
      continue;
    }
    message(number, small_message_guess, [&, &entry = value, &name = key] {
      writer_.bytes(1, name);
      if (entry.type() != ValueType::empty) message(2, small_message_guess, [&] { any_value(entry); });
    });
  }
}

void Encoder::any_value(const AttributeValue& value) {
  switch (value.type()) {
    case ValueType::empty:
      return;
    case ValueType::string:
      return writer_.bytes(1, value.text());
    case ValueType::boolean:
      return writer_.varint(2, value.as_bool() ? 1 : 0);
    case ValueType::int64:
      return writer_.varint(3, static_cast<std::uint64_t>(value.as_int()));
    case ValueType::float64:
      return writer_.float64(4, value.as_double());
    case ValueType::bytes:
      return writer_.bytes(7, value.text());
    case ValueType::array:
      return message(5, small_message_guess, [&] {
        for (const AttributeValue& item : value.items()) message(1, small_message_guess, [&] { any_value(item); });
      });
    case ValueType::map:
      return message(6, small_message_guess, [&] { attributes(1, value.entries()); });
  }
}

}  // namespace

std::string encode(std::span<const Span> spans) {
  std::string out;
  out.reserve(spans.size() * span_bytes_guess);
  Encoder(out).request(spans);
  return out;
}

std::string encode(const Trace& trace) { return encode(std::span<const Span>(trace.spans)); }

}  // namespace filo::wire::otlp
