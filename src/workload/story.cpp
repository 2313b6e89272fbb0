#include "workload/story.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace filo::workload {
namespace {

struct PlaceFacts {
  std::string_view service;
  std::string_view version;
  std::string_view language;
  std::string_view scope;
  std::string_view host;
  std::string_view rpc_service;
};

constexpr std::array<PlaceFacts, places> facts{{
    {"browser", "8.14.2", "webjs", "@opentelemetry/instrumentation-fetch", "", ""},
    {"storefront", "3.2.0", "nodejs", "@opentelemetry/instrumentation-http", "web-1", "shop.Storefront"},
    {"cart", "1.9.4", "go", "go.opentelemetry.io/contrib/otelgrpc", "node-a", "shop.Cart"},
    {"checkout", "2.0.1", "java", "io.opentelemetry.grpc-1.6", "node-b", "shop.Checkout"},
    {"catalogue", "5.1.0", "python", "opentelemetry.instrumentation.grpc", "node-a", "shop.Catalogue"},
    {"search", "1.3.7", "java", "io.opentelemetry.grpc-1.6", "node-c", "shop.Search"},
    {"recommendation", "0.8.2", "python", "opentelemetry.instrumentation.grpc", "node-c", "shop.Recommendation"},
    {"pricing", "1.1.0", "go", "go.opentelemetry.io/contrib/otelgrpc", "node-a", "shop.Pricing"},
    {"users", "4.4.4", "dotnet", "OpenTelemetry.Instrumentation.GrpcNetClient", "node-b", "shop.Users"},
    {"订单中心", "2.6.0", "java", "io.opentelemetry.grpc-1.6", "node-d", "shop.Orders"},
    {"库存服务", "2.5.1", "java", "io.opentelemetry.grpc-1.6", "node-d", "shop.Inventory"},
    {"支付网关", "7.0.3", "java", "io.opentelemetry.grpc-1.6", "node-e", "shop.Payment"},
    {"shipping", "0.4.0", "cpp", "shipping", "node-e", "shop.Shipping"},
    {"notification", "1.0.9", "python", "opentelemetry.instrumentation.kafka", "node-b", "shop.Notification"},
}};

const PlaceFacts& facts_of(Place place) { return facts[static_cast<std::size_t>(place)]; }

std::string stack_trace(std::string_view language, std::string_view exception, std::string_view message) {
  const std::string head = std::string(exception) + ": " + std::string(message) + "\n";
  if (language == "java") {
    return head +
           "\tat com.example.shop.client.BankClient.post(BankClient.java:88)\n"
           "\tat com.example.shop.client.RetryingClient.call(RetryingClient.java:41)\n"
           "\tat com.example.shop.api.Endpoint.handle(Endpoint.java:132)\n"
           "\tat io.grpc.stub.ServerCalls$UnaryServerCallHandler.startCall(ServerCalls.java:182)\n"
           "\tat java.base/java.lang.Thread.run(Thread.java:1583)\n";
  }
  if (language == "nodejs" || language == "webjs") {
    return head +
           "    at Cart.total (/srv/app/cart.js:57:19)\n"
           "    at renderCheckout (/srv/app/pages/checkout.js:23:31)\n"
           "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)\n";
  }
  if (language == "python") {
    return "Traceback (most recent call last):\n"
           "  File \"/srv/app/service.py\", line 214, in handle\n    return self.rank(items)\n"
           "  File \"/srv/app/ranking.py\", line 61, in rank\n    scores = model.predict(features)\n" +
           head;
  }
  return head + "goroutine 4127 [running]:\nmain.(*server).Handle(0xc0001a2000)\n\t/src/server.go:142 +0x1d4\n";
}

}  // namespace

void Story::begin(Timestamp now) {
  trace_id_ = TraceId{random_.next() | 1, random_.next()};
  now_ = now;
}

void Story::spend(Duration typical) {
  const double stretch = std::exp(0.5 * random_.normal()) * (random_.chance(0.01) ? 8 : 1);
  now_ = now_ + Duration(static_cast<std::int64_t>(static_cast<double>(typical.count()) * stretch));
}

const Resource* Story::resource(Place place) {
  const Resource*& slot = resources_[static_cast<std::size_t>(place)];
  if (slot != nullptr) return slot;
  const PlaceFacts& known = facts_of(place);
  const std::array<Attribute, 8> all{{
      {"service.name", text(known.service)},
      {"service.version", text(known.version)},
      {"service.namespace", text("shop")},
      {"telemetry.sdk.language", text(known.language)},
      {"telemetry.sdk.name", text("opentelemetry")},
      {"deployment.environment.name", text("demo")},
      {"cloud.region", text("eu-central-1")},
      {"host.name", text(known.host)},
  }};
  Resource* made = batch_.arena.array<Resource>(1).data();
  made->attributes = batch_.arena.copy(std::span<const Attribute>(all.data(), known.host.empty() ? 7 : 8));
  made->finish();
  return slot = made;
}

const Scope* Story::scope(Place place) {
  const Scope*& slot = scopes_[static_cast<std::size_t>(place)];
  if (slot != nullptr) return slot;
  Scope* made = batch_.arena.array<Scope>(1).data();
  made->name = facts_of(place).scope;
  made->version = "1.2.0";
  return slot = made;
}

void Story::open(Place place, SpanKind kind, std::string_view name, std::initializer_list<Attribute> attributes) {
  Span span;
  span.trace_id = trace_id_;
  span.id = SpanId{random_.next() | 1};
  if (!open_.empty()) span.parent_id = batch_.spans[open_.back().row].id;
  span.name = name;
  span.kind = kind;
  span.start = now_;
  span.flags = 0x101;
  span.resource = resource(place);
  span.scope = scope(place);
  batch_.spans.push_back(span);
  open_.push_back(
      {.row = batch_.spans.size() - 1, .place = place, .attributes = attributes, .events = {}, .links = {}});
}

void Story::note(std::string_view key, AttributeValue value) { open_.back().attributes.push_back({key, value}); }

void Story::event(std::string_view name, std::initializer_list<Attribute> attributes) {
  const std::span<const Attribute> list(attributes.begin(), attributes.size());
  open_.back().events.push_back({.time = now_, .name = name, .attributes = batch_.arena.copy(list)});
}

void Story::link(TraceId trace_id, SpanId span_id) {
  Link link;
  link.trace_id = trace_id;
  link.span_id = span_id;
  link.flags = 1;
  open_.back().links.push_back(link);
}

void Story::fail(std::string_view exception, std::string_view message) {
  event("exception", {{"exception.type", text(exception)},
                      {"exception.message", text(message)},
                      {"exception.stacktrace", keep(stack_trace(facts_of(place()).language, exception, message))}});
  note("error.type", text(exception));
  fail(message);
}

void Story::fail(std::string_view message) {
  Span& span = batch_.spans[open_.back().row];
  span.status = StatusCode::error;
  span.status_message = message;
}

bool Story::close() {
  const Open& ending = open_.back();
  Span& span = batch_.spans[ending.row];
  span.end = now_;
  span.attributes = batch_.arena.copy(std::span<const Attribute>(ending.attributes));
  span.events = batch_.arena.copy(std::span<const Event>(ending.events));
  span.links = batch_.arena.copy(std::span<const Link>(ending.links));
  const bool went_well = !span.is_error();
  open_.pop_back();
  return went_well;
}

void Story::open_client(Place to, std::string_view method) {
  open(place(), SpanKind::client, method,
       {{"rpc.system", text("grpc")},
        {"rpc.service", text(facts_of(to).rpc_service)},
        {"rpc.method", text(method)},
        {"server.address", text(facts_of(to).host)},
        {"server.port", number(50051)}});
  spend(std::chrono::microseconds(250));
}

void Story::open_server(Place to, std::string_view method) {
  open(to, SpanKind::server, method,
       {{"rpc.system", text("grpc")},
        {"rpc.service", text(facts_of(to).rpc_service)},
        {"rpc.method", text(method)},
        {"network.peer.address", text("10.4.2.17")}});
  spend(std::chrono::microseconds(180));
}

bool Story::close_call() {
  const std::string_view message = current().status_message;
  const bool went_well = !has_failed();
  note("rpc.grpc.status_code", number(went_well ? 0 : 14));
  close();
  spend(std::chrono::microseconds(200));
  note("rpc.grpc.status_code", number(went_well ? 0 : 14));
  if (!went_well) fail(message);
  return close();
}

}  // namespace filo::workload
