// SpanBatch: the only thing that moves before the window. Spans of any number of traces, with the memory that they
// point into. Move-only; moving it moves everything and keeps every address. Once shared it is const and any thread may
// read it.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "model/span.h"

namespace filo {

// What one span may be; documented in docs/limits.md. Decoders enforce these, so nobody after them checks again.
struct Limits {
  static constexpr std::size_t span_bytes_max = 16U << 20;
  static constexpr std::size_t attributes_max = 65'536;  // in one list
  static constexpr std::size_t events_max = 65'536;      // of one span; links likewise
  static constexpr std::size_t key_bytes_max = 65'535;
  static constexpr std::size_t value_depth_max = 32;  // of arrays and maps within each other
};

class SpanBatch {
 public:
  SpanBatch() = default;
  SpanBatch(SpanBatch&&) = default;
  SpanBatch& operator=(SpanBatch&&) = default;

  Arena arena;
  std::vector<Span> spans;
  // The same spans as one OTLP ExportTraceServiceRequest, when they came that way; in the arena. Empty otherwise. May
  // hold, beside them, spans that the decoder refused.
  std::string_view otlp;

  std::size_t bytes() const { return arena.bytes() + spans.capacity() * sizeof(Span); }
};

// Deep copies into another batch's arena, for those who keep a few spans of many. Resources and scopes that follow each
// other are copied once.
class SpanCopier {
 public:
  explicit SpanCopier(SpanBatch& target) : target_(target) {}
  void copy(const Span& span);

 private:
  std::span<const Attribute> copy(std::span<const Attribute> attributes);
  AttributeValue copy(const AttributeValue& value);

  SpanBatch& target_;
  const Resource* last_resource_ = nullptr;
  const Resource* resource_copy_ = nullptr;
  const Scope* last_scope_ = nullptr;
  const Scope* scope_copy_ = nullptr;
};

// Some spans and the batches that keep them alive; the spans of one trace before they are assembled.
struct SpanSet {
  std::vector<std::shared_ptr<const SpanBatch>> owners;
  std::vector<Span> spans;

  void append(SpanSet other);
};

}  // namespace filo
