// Story: writes the spans of one request while its virtual time passes. Spans nest: what is opened while another is
// open is its child. One thread; lives as long as one request.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "model/span_batch.h"

namespace filo::workload {

enum class Place : std::uint8_t {
  browser,
  storefront,
  cart,
  checkout,
  catalogue,
  search,
  recommendation,
  pricing,
  users,
  orders,
  inventory,
  payment,
  shipping,
  notification
};
inline constexpr std::size_t places = 14;

inline AttributeValue text(std::string_view constant) { return AttributeValue::of_string(constant); }
inline AttributeValue number(std::int64_t value) { return AttributeValue::of_int(value); }

class Story {
 public:
  Story(SpanBatch& batch, Random& random) : batch_(batch), random_(random), resources_(places), scopes_(places) {}

  void begin(Timestamp now);  // another trace
  Timestamp now() const { return now_; }
  void rewind(Timestamp to) { now_ = to; }  // for what happens side by side
  void wait_until(Timestamp end) { now_ = std::max(now_, end); }
  // Time passes: about `typical`, now and then much more.
  void spend(Duration typical);

  // `name` is constant text or from keep(). The span stands where the innermost open one says, or at its own place.
  void open(Place place, SpanKind kind, std::string_view name, std::initializer_list<Attribute> attributes = {});
  void note(std::string_view key, AttributeValue value);
  void event(std::string_view name, std::initializer_list<Attribute> attributes);
  void link(TraceId trace_id, SpanId span_id);
  // The open span fails with an exception and a stack trace of its service's language.
  void fail(std::string_view exception, std::string_view message);
  void fail(std::string_view message);  // without one
  // Ends the open span; false when it failed.
  bool close();
  bool has_failed() const { return batch_.spans[open_.back().row].is_error(); }

  // A remote call: a client span here, a server span there, with the network's time between. False when it failed.
  template <typename Body>
  bool call(Place to, std::string_view method, Body body) {
    open_client(to, method);
    open_server(to, method);
    body();
    return close_call();
  }

  Place place() const { return open_.back().place; }
  const Span& current() const { return batch_.spans[open_.back().row]; }
  AttributeValue keep(std::string words) { return AttributeValue::of_string(batch_.arena.adopt(std::move(words))); }
  Random& random() { return random_; }

 private:
  struct Open {
    std::size_t row;
    Place place;
    std::vector<Attribute> attributes;
    std::vector<Event> events;
    std::vector<Link> links;
  };
  void open_client(Place to, std::string_view method);
  void open_server(Place to, std::string_view method);
  bool close_call();
  const Resource* resource(Place place);
  const Scope* scope(Place place);

  SpanBatch& batch_;
  Random& random_;
  TraceId trace_id_;
  Timestamp now_;
  std::vector<Open> open_;
  std::vector<const Resource*> resources_;
  std::vector<const Scope*> scopes_;
};

}  // namespace filo::workload
