// Context: what a header tells about the request that brings it, and what is told to the next process. A plain value.
// Its texts are views, into the carrier it was read from or into the scratch beside it, and live as long as those.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "model/ids.h"

namespace filo::propagation {

// What the callers decided about recording the request. Deferred: the one who reads it decides. Debug: record, and let
// no sampler further on undo it.
enum class Decision : std::uint8_t { deferred, drop, sample, debug };

// Who calls, in native ids and in the words of the system that the request comes from. Whoever starts a child span
// puts its own ids in, and its own words (segment, RPC id, service …) or none.
struct Identity {
  TraceId trace_id;
  SpanId span_id;
  SpanId parent_id;
  Decision decision = Decision::deferred;
  bool short_trace_id = false;   // came as 64 bits and is written so where a format can
  bool random_trace_id = false;  // W3C: the low 56 bits are random
  bool firehose = false;         // Jaeger: store, do not index
  bool skip_analysis = false;    // SkyWalking: keep out of its metrics
  std::int32_t span_index = 0;   // of the span within its SkyWalking segment
  std::int64_t sent_ms = 0;      // SkyWalking: when the message left, since the epoch
  std::string_view tracestate;   // W3C, valid and within its limits
  std::string_view debug_id;     // Jaeger: the name somebody gave to a request that must be recorded

  // Verbatim; empty when the trace began with native ids.
  std::string_view trace_text;
  std::string_view rpc_id;      // SOFATracer, EagleEye: "0.1.2"
  std::string_view segment_id;  // SkyWalking
  std::string_view service;     // the caller's
  std::string_view instance;
  std::string_view endpoint;
  std::string_view address;  // which the caller reached its peer at

  void clear_identity() { *this = Identity{}; }
  bool has_ids() const { return !trace_id.is_zero() && !span_id.is_zero(); }
  bool recorded() const { return decision == Decision::sample || decision == Decision::debug; }
};

// SOFATracer keeps what middleware hands on apart from what its users do; elsewhere there is only the latter.
enum class BaggageOwner : std::uint8_t { user, system };

struct BaggageItem {
  std::string_view key;
  std::string_view value;
  std::string_view properties = {};  // W3C: what stands behind the value, without the first ';'
  BaggageOwner owner = BaggageOwner::user;
};

// In the order of arrival. A key may stand twice, as W3C wants it handed on; the first one counts.
class Baggage {
 public:
  static constexpr std::size_t items_max = 64;
  static constexpr std::size_t bytes_max = 8192;

  // Only the items that there are are ever written or copied.
  Baggage() {}  // NOLINT(modernize-use-equals-default): the union needs a body
  Baggage(const Baggage& other) { *this = other; }
  Baggage& operator=(const Baggage& other) {
    if (this == &other) return *this;
    size_ = other.size_;
    settled_ = other.settled_;
    bytes_ = other.bytes_;
    refused_ = other.refused_;
    std::uninitialized_copy_n(other.items_, size_, items_);
    return *this;
  }
  ~Baggage() = default;

  const BaggageItem* begin() const { return items_; }
  const BaggageItem* end() const { return items_ + size_; }
  std::size_t size() const { return size_; }
  // Items that came and could not be kept.
  std::size_t refused() const { return refused_; }

  // False, and counted, when there is no room. An item whose key is settled already is left out without a word.
  bool add(const BaggageItem& item) {
    for (std::size_t i = 0; i < settled_; ++i) {
      if (items_[i].key == item.key) return true;
    }
    const std::size_t bytes = bytes_ + item.key.size() + item.value.size() + item.properties.size();
    if (size_ == items_max || bytes > bytes_max) return refuse(), false;
    std::construct_at(items_ + size_, item);
    ++size_;
    bytes_ = bytes;
    return true;
  }
  void refuse() { ++refused_; }
  void clear() { size_ = settled_ = bytes_ = refused_ = 0; }
  // Keys that are here now win over those that other headers bring.
  void settle() { settled_ = size_; }

  const BaggageItem* find(std::string_view key) const {
    for (const BaggageItem& item : *this) {
      if (item.key == key) return &item;
    }
    return nullptr;
  }

 private:
  std::size_t size_ = 0;
  std::size_t settled_ = 0;
  std::size_t bytes_ = 0;
  std::size_t refused_ = 0;
  union {
    BaggageItem items_[items_max];
  };
};

struct Context : Identity {
  Baggage baggage;
};

}  // namespace filo::propagation
