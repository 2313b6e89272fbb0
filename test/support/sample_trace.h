// One small trace with something of everything: two services, every type of value, events, links, an error, a span
// that ends before it starts, an orphan. What golden answers are made of.
#pragma once

#include <limits>
#include <memory>
#include <vector>

#include "model/span_batch.h"

namespace filo::test {

inline constexpr TraceId sample_trace_id{0x5b8efff798038103U, 0xd269b633813fc60cU};
inline constexpr Timestamp sample_start{1'700'000'000'000'000'000};

// What the spans point to while they are put together.
struct SampleParts {
  using V = AttributeValue;
  std::vector<Attribute> shop{{"service.name", V::of_string("shop")}, {"host.name", V::of_string("web-1")}};
  std::vector<Attribute> stock{{"service.name", V::of_string("stock")}};
  std::vector<Attribute> scope_attributes{{"library.flavour", V::of_string("plain")}};
  std::vector<V> items{V::of_string("a"), V::of_int(7)};
  std::vector<Attribute> entries{{"k", V::of_string("v")}, {"on", V::of_bool(true)}};
  std::vector<Attribute> attributes{
      {"http.method", V::of_string("GET")},
      {"http.status_code", V::of_int(503)},
      {"big", V::of_int(std::numeric_limits<std::int64_t>::max())},
      {"ratio", V::of_double(0.25)},
      {"not.a.number", V::of_double(std::numeric_limits<double>::quiet_NaN())},
      {"cached", V::of_bool(false)},
      {"blob", V::of_bytes(std::string_view("\x00\xff", 2))},
      {"list", V::of_array(items)},
      {"map", V::of_map(entries)},
      {"nothing", V()},
      {"quote", V::of_string("say \"hi\"\n\xff")},
  };
  std::vector<Attribute> event_attributes{{"exception.type", V::of_string("IOError")}};
  std::vector<Event> events{{sample_start + Duration(2'000'500), "exception", event_attributes, 1}};
  std::vector<Attribute> link_attributes{{"opentracing.ref_type", V::of_string("follows_from")}};
  std::vector<Link> links{{TraceId{0, 0x99}, SpanId{0x77}, "x=y", link_attributes, 0, 1}};
  Resource shop_resource;
  Resource stock_resource;
  Scope scope;
  Scope no_scope;

  SampleParts() {
    shop_resource.attributes = shop;
    shop_resource.schema_url = "https://opentelemetry.io/schemas/1.24.0";
    shop_resource.finish();
    stock_resource.attributes = stock;
    stock_resource.finish();
    scope.name = "io.beast";
    scope.version = "1.81";
    scope.attributes = scope_attributes;
  }
};

inline Span sample_root(const SampleParts& parts) {
  Span root;
  root.trace_id = sample_trace_id;
  root.id = {0xeee19b7ec3c1b174U};
  root.start = sample_start;
  root.end = sample_start + std::chrono::milliseconds(5);
  root.name = "GET /cart";
  root.kind = SpanKind::server;
  root.status = StatusCode::error;
  root.status_message = "stock is away";
  root.trace_state = "vendor=1";
  root.flags = 0x101;
  root.attributes = parts.attributes;
  root.events = parts.events;
  root.links = parts.links;
  root.resource = &parts.shop_resource;
  root.scope = &parts.scope;
  root.dropped_attributes = 2;
  return root;
}

inline std::shared_ptr<const SpanBatch> sample_trace() {
  const SampleParts parts;
  const Span root = sample_root(parts);
  Span child;
  child.trace_id = sample_trace_id;
  child.id = {0xeee19b7ec3c1b175U};
  child.parent_id = root.id;
  child.start = sample_start + Duration(1'000'999);
  child.end = sample_start + Duration(4'000'000);
  child.name = "reserve";
  child.kind = SpanKind::client;
  child.status = StatusCode::ok;
  child.resource = &parts.stock_resource;
  child.scope = &parts.no_scope;

  Span orphan = child;
  orphan.id = {0xeee19b7ec3c1b176U};
  orphan.parent_id = {0x1234};
  orphan.end = orphan.start - Duration(1'500);
  orphan.kind = SpanKind::unspecified;
  orphan.status = StatusCode::unset;
  orphan.name = "tidy";

  auto batch = std::make_shared<SpanBatch>();
  SpanCopier copier(*batch);
  for (const auto& span : {root, child, orphan}) copier.copy(span);
  return batch;
}

}  // namespace filo::test
