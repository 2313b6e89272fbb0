#include "filo/span.h"

#include "sdk/recorder.h"

namespace filo {
inline namespace v1 {
namespace {

// Fields of OTLP's Span message.
constexpr std::uint8_t trace_id_tag = 0x0A;
constexpr std::uint8_t span_id_tag = 0x12;
constexpr std::uint8_t parent_id_tag = 0x22;
constexpr std::uint8_t name_tag = 0x2A;
constexpr std::uint8_t kind_tag = 0x30;
constexpr std::uint8_t start_tag = 0x39;
constexpr std::uint8_t end_tag = 0x41;
constexpr std::uint8_t attribute_tag = 0x4A;
constexpr std::uint8_t dropped_attributes_tag = 0x50;
constexpr std::uint8_t event_tag = 0x5A;
constexpr std::uint8_t link_tag = 0x6A;
constexpr std::uint8_t status_tag = 0x7A;

constexpr std::size_t name_bytes_max = 1024;
constexpr std::size_t key_bytes_max = 256;
constexpr std::size_t value_bytes_max = 4096;
constexpr std::uint32_t tags_max = 128;
constexpr std::uint64_t sampled = 1;
constexpr std::uint64_t random_id = 2;  // W3C Trace Context level 2: the low 56 bits of the trace id are random

char* put_id(char* at, std::uint64_t id) noexcept {
  const std::uint64_t big_endian = __builtin_bswap64(id);
  std::memcpy(at, &big_endian, sizeof(id));
  return at + sizeof(id);
}

char* put_head(char* at, std::uint8_t tag, std::size_t size) noexcept {
  *at++ = static_cast<char>(tag);
  return sdk::put_varint(at, size);
}

// Ids and start in one go: every span has them, and their size is known.
void write_identity(sdk::FieldWriter& out, const Context& own, std::uint64_t parent_id,
                    std::uint64_t start_ns) noexcept {
  const std::size_t size = 2 + 16 + 2 + 8 + 1 + 8 + (parent_id != 0 ? 2 + 8 : 0);
  char* at = out.claim(size);
  if (at == nullptr) return;
  at = put_id(put_id(put_head(at, trace_id_tag, 16), own.trace_id_high), own.trace_id_low);
  at = put_id(put_head(at, span_id_tag, 8), own.span_id);
  if (parent_id != 0) at = put_id(put_head(at, parent_id_tag, 8), parent_id);
  *at++ = static_cast<char>(start_tag);
  std::memcpy(at, &start_ns, sizeof(start_ns));
}

}  // namespace

Span::Span(std::string_view name, Kind kind) noexcept { start(name, kind, nullptr); }

Span::Span(std::string_view name, Kind kind, const Context& parent) noexcept { start(name, kind, &parent); }

Span::Span(Span&& other) noexcept : memory_(other.memory_), context_(other.context_), place_(other.place_) {
  other.memory_ = nullptr;
  other.place_ = {};
}

void Span::start(std::string_view name, Kind kind, const Context* given_parent) noexcept {
  if (given_parent != nullptr) context_ = *given_parent;
  sdk::Recorder& recorder = sdk::recorder();
  sdk::ThreadState* state = recorder.is_on() ? recorder.threads().own() : nullptr;
  if (state == nullptr) return;
  const Context& current = state->contexts.current();
  if (given_parent == nullptr) context_ = current;
  const Context parent = context_;
  if (!parent.is_valid()) {
    context_.trace_id_high = state->random.next();
    context_.trace_id_low = state->random.next_not_zero();
    context_.span_id = state->random.next_not_zero();
    context_.trace_flags = random_id | (recorder.samples(context_.trace_id_low) ? sampled : 0);
  }
  if (context_.is_sampled()) {
    memory_ = recorder.begin(*state);
    if (memory_ != nullptr) {
      // Spans that are not recorded hand on their parent's id: nobody will ever see theirs.
      if (parent.is_valid()) context_.span_id = state->random.next_not_zero();
      memory_->start_monotonic_ns = sdk::monotonic_ns();
      memory_->start_unix_ns = memory_->start_monotonic_ns + recorder.unix_offset_ns();
      sdk::FieldWriter out(*memory_, recorder.pool());
      write_identity(out, context_, parent.is_valid() ? parent.span_id : 0, memory_->start_unix_ns);
      out.varint_field(kind_tag, static_cast<std::uint64_t>(kind));
      out.bytes_field(name_tag, sdk::cut_text(name, name_bytes_max));
    }
  }
  const bool is_current_already = memory_ == nullptr && given_parent == nullptr && parent.is_valid();
  if (!is_current_already) place_ = state->contexts.open(context_);
}

void Span::end() noexcept {
  sdk::Recorder& recorder = sdk::recorder();
  if (place_.serial != 0) {
    sdk::ThreadState* here = recorder.threads().own_if_any();
    sdk::ContextStack::close(place_, here == nullptr ? nullptr : &here->contexts);
    place_.serial = 0;
  }
  if (memory_ == nullptr) return;
  SpanMemory& memory = *memory_;
  memory_ = nullptr;
  sdk::ThreadState* state = recorder.threads().own();
  if (state == nullptr) return;  // no memory for a thread's first state: counted as still open
  // By the monotonic clock, so that a duration is right when somebody sets the time.
  const std::uint64_t end_ns = memory.start_unix_ns + (sdk::monotonic_ns() - memory.start_monotonic_ns);
  sdk::FieldWriter out(memory, recorder.pool());
  out.fixed64_field(end_tag, end_ns);
  if (memory.tags > tags_max) {
    out.varint_field(dropped_attributes_tag, memory.tags - tags_max);
    state->dropped_tags.add(memory.tags - tags_max);
  }
  recorder.commit(memory, *state);
}

void Span::tag_text(std::string_view key, std::string_view value) noexcept {
  if (memory_->tags++ >= tags_max) return;
  sdk::FieldWriter(*memory_, sdk::recorder().pool())
      .text_attribute(attribute_tag, sdk::cut_text(key, key_bytes_max), sdk::cut_text(value, value_bytes_max));
}

void Span::tag_bool(std::string_view key, bool value) noexcept {
  if (memory_->tags++ >= tags_max) return;
  sdk::FieldWriter(*memory_, sdk::recorder().pool())
      .varint_attribute(attribute_tag, sdk::cut_text(key, key_bytes_max), 0x10, value ? 1 : 0);
}

void Span::tag_int(std::string_view key, std::int64_t value) noexcept {
  if (memory_->tags++ >= tags_max) return;
  sdk::FieldWriter(*memory_, sdk::recorder().pool())
      .varint_attribute(attribute_tag, sdk::cut_text(key, key_bytes_max), 0x18, static_cast<std::uint64_t>(value));
}

void Span::tag_double(std::string_view key, double value) noexcept {
  if (memory_->tags++ >= tags_max) return;
  sdk::FieldWriter(*memory_, sdk::recorder().pool())
      .double_attribute(attribute_tag, sdk::cut_text(key, key_bytes_max), value);
}

Span& Span::event(std::string_view name) noexcept {
  if (memory_ == nullptr) return *this;
  name = sdk::cut_text(name, name_bytes_max);
  const std::uint64_t now = memory_->start_unix_ns + (sdk::monotonic_ns() - memory_->start_monotonic_ns);
  const std::size_t size = 1 + sizeof(now) + sdk::field_size(name.size());
  char* at = sdk::FieldWriter(*memory_, sdk::recorder().pool()).claim(sdk::field_size(size));
  if (at == nullptr) return *this;
  at = put_head(at, event_tag, size);
  *at++ = 0x09;
  std::memcpy(at, &now, sizeof(now));
  sdk::put_field(at + sizeof(now), 0x12, name);
  return *this;
}

Span& Span::link(const Context& to) noexcept {
  if (memory_ == nullptr || !to.is_valid()) return *this;
  constexpr std::size_t size = 2 + 16 + 2 + 8;
  char* at = sdk::FieldWriter(*memory_, sdk::recorder().pool()).claim(sdk::field_size(size));
  if (at == nullptr) return *this;
  at = put_head(put_head(at, link_tag, size), 0x0A, 16);
  at = put_id(put_id(at, to.trace_id_high), to.trace_id_low);
  put_id(put_head(at, 0x12, 8), to.span_id);
  return *this;
}

Span& Span::error(std::string_view message) noexcept {
  if (memory_ == nullptr) return *this;
  message = sdk::cut_text(message, value_bytes_max);
  const std::size_t size = 2 + (message.empty() ? 0 : sdk::field_size(message.size()));
  char* at = sdk::FieldWriter(*memory_, sdk::recorder().pool()).claim(sdk::field_size(size));
  if (at == nullptr) return *this;
  at = put_head(at, status_tag, size);
  if (!message.empty()) at = sdk::put_field(at, 0x12, message);
  *at++ = 0x18;  // Status.code
  *at = 2;       // error
  return *this;
}

Span& Span::rename(std::string_view name) noexcept {
  if (memory_ == nullptr) return *this;
  sdk::FieldWriter(*memory_, sdk::recorder().pool()).bytes_field(name_tag, sdk::cut_text(name, name_bytes_max));
  return *this;
}

}  // namespace v1
}  // namespace filo
