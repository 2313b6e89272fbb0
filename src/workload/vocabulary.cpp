#include "workload/vocabulary.h"

#include <array>

#include "base/check.h"

namespace filo::workload {
namespace {

using Text = std::string_view;

constexpr auto services = std::to_array<Text>({
    "frontend",       "cart",           "checkout",     "catalogue",     "payment",   "inventory",
    "shipping",       "recommendation", "search",       "orders",        "users",     "pricing",
    "promotion",      "notification",   "支付网关",     "库存服务",      "订单中心",  "gateway",
    "session",        "media",          "review",       "invoice",       "tax",       "warehouse",
    "fraud-detector", "ledger",         "loyalty",      "geo",           "ratelimit", "scheduler",
    "exporter",       "用户画像",       "风控引擎",     "feature-flags", "currency",  "ads",
    "wishlist",       "returns",        "support-chat", "reports",
});
constexpr auto language_names = std::to_array<Text>({"java", "go", "nodejs", "python", "cpp", "dotnet"});
constexpr auto zone_names =
    std::to_array<Text>({"eu-central-1a", "eu-central-1b", "us-east-1c", "cn-shanghai-b", "cn-shanghai-g"});

constexpr auto agents = std::to_array<Text>({
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "ShopApp/8.14.2 (Android 14; Pixel 8; zh_CN)",
    "okhttp/4.12.0",
});
constexpr auto cities = std::to_array<Text>({"Berlin", "München", "上海", "北京", "São Paulo", "Chicago", "Zürich"});
constexpr auto tiers = std::to_array<Text>({"free", "basic", "premium", "企业版"});
constexpr auto flags_on = std::to_array<Text>({"new-checkout", "fast-search", "dark-mode", "one-click", "推荐v2"});
constexpr auto regions = std::to_array<Text>({"eu-central-1", "us-east-1", "cn-shanghai"});
constexpr auto codecs = std::to_array<Text>({"gzip", "identity", "br", "zstd"});
constexpr auto threads = std::to_array<Text>(
    {"main", "worker-1", "worker-2", "worker-3", "grpc-default-executor-0", "http-nio-8080-exec-4", "scheduling-1"});
constexpr auto isolation = std::to_array<Text>({"read committed", "repeatable read", "serializable"});
constexpr auto baggages = std::to_array<Text>({
    "tenant=eu-retail,session.tier=premium,experiment.checkout=variant-b,experiment.search=control,locale=de-DE,"
    "currency=EUR,channel=mobile-app,app.version=8.14.2,release.ring=stable,cart.id=",
    "tenant=cn-retail,session.tier=basic,experiment.checkout=control,locale=zh-CN,currency=CNY,channel=web,"
    "campaign=%E5%8F%8C%E5%8D%81%E4%B8%80,app.version=8.13.0,release.ring=canary,store.id=shanghai-017,cart.id=",
    "tenant=us-wholesale,session.tier=free,locale=en-US,currency=USD,channel=partner-api,partner.id=northwind-traders,"
    "contract=2026-Q4-standard,release.ring=stable,app.version=8.14.2,cart.id=",
});
constexpr auto consumer_groups = std::to_array<Text>({"billing", "mailer", "indexer", "analytics"});

constexpr auto http_server_fixed = std::to_array<FixedAttribute>({
    {"http.request.method", "GET"},
    {"http.route", ""},
    {"url.scheme", "https"},
    {"server.address", "shop.example.com"},
    {"network.protocol.version", "1.1"},
    {"server.port", "", 8443},
    {"network.transport", "tcp"},
    {"network.protocol.name", "http"},
});
constexpr auto http_server_variable = std::to_array<VariableAttribute>({
    {"http.response.status_code", ValueShape::http_status, "", {}},
    {"url.path", ValueShape::popular, "/api/v1/items/", {}},
    {"client.address", ValueShape::address, "", {}},
    {"enduser.id", ValueShape::once_a_trace, "u-", {}},
    {"http.response.body.size", ValueShape::wide_integer, "", {}},
    {"thread.id", ValueShape::small_integer, "", {}},
    {"thread.name", ValueShape::pooled, "", threads},
    {"user_agent.original", ValueShape::pooled, "", agents},
    {"http.request.header.baggage", ValueShape::baggage, "", baggages},
    {"url.query", ValueShape::once, "ref=home&sort=price&page=2&request=", {}},
    {"session.id", ValueShape::once_a_trace, "s-5f1c", {}},
    {"app.tenant", ValueShape::popular, "租户-", {}},
    {"geo.city", ValueShape::pooled, "", cities},
    {"app.cpu_ms", ValueShape::real, "", {}},
    {"http.response.header.content-encoding", ValueShape::pooled, "", codecs},
    {"app.feature_flags", ValueShape::texts, "", flags_on},
});
constexpr auto http_client_fixed = std::to_array<FixedAttribute>({
    {"http.request.method", "POST"},
    {"server.address", "api.internal"},
    {"url.template", ""},
    {"server.port", "", 8080},
    {"network.protocol.version", "2"},
    {"url.scheme", "http"},
    {"peer.service", "upstream"},
});
constexpr auto http_client_variable = std::to_array<VariableAttribute>({
    {"http.response.status_code", ValueShape::http_status, "", {}},
    {"url.full", ValueShape::popular, "http://api.internal:8080/v2/things/", {}},
    {"network.peer.address", ValueShape::address, "", {}},
    {"http.request.resend_count", ValueShape::small_integer, "", {}},
    {"app.request.id", ValueShape::once_a_trace, "r-", {}},
    {"http.request.body.size", ValueShape::wide_integer, "", {}},
    {"thread.name", ValueShape::pooled, "", threads},
    {"user_agent.original", ValueShape::pooled, "", agents},
    {"http.request.header.baggage", ValueShape::baggage, "", baggages},
    {"http.response.body.size", ValueShape::wide_integer, "", {}},
    {"app.customer.tier", ValueShape::pooled, "", tiers},
    {"app.order.id", ValueShape::once_a_trace, "ORD-2026-", {}},
    {"http.request.header.x-request-id", ValueShape::once, "7e11-", {}},
});
constexpr auto rpc_fixed = std::to_array<FixedAttribute>({
    {"rpc.system", "grpc"},
    {"rpc.method", ""},
    {"rpc.service", "shop.v1.Internal"},
    {"server.address", "10.4.0.12"},
    {"network.transport", "tcp"},
    {"server.port", "", 50051},
    {"network.type", "ipv4"},
});
constexpr auto rpc_variable = std::to_array<VariableAttribute>({
    {"rpc.grpc.status_code", ValueShape::small_integer, "", {}},
    {"network.peer.address", ValueShape::address, "", {}},
    {"app.request.id", ValueShape::once_a_trace, "r-", {}},
    {"rpc.message.uncompressed_size", ValueShape::wide_integer, "", {}},
    {"thread.name", ValueShape::pooled, "", threads},
    {"app.shard", ValueShape::small_integer, "", {}},
    {"app.item.id", ValueShape::popular, "sku-0000", {}},
    {"app.region", ValueShape::pooled, "", regions},
    {"rpc.grpc.request.metadata.baggage", ValueShape::baggage, "", baggages},
    {"app.customer.tier", ValueShape::pooled, "", tiers},
    {"enduser.id", ValueShape::once_a_trace, "u-", {}},
    {"rpc.grpc.request.metadata.x-correlation-id", ValueShape::once, "corr-2f90-44d1-", {}},
    {"app.queue_ms", ValueShape::real, "", {}},
    {"app.cached", ValueShape::flag, "", {}},
    {"code.function.name", ValueShape::popular, "com.example.shop.internal.handlers.ItemHandler.handle", {}},
    {"app.tenant", ValueShape::popular, "租户-", {}},
});
constexpr auto database_fixed = std::to_array<FixedAttribute>({
    {"db.system.name", "postgresql"},
    {"db.namespace", "shop"},
    {"db.operation.name", "SELECT"},
    {"db.query.summary", ""},
    {"server.address", "pg-3.internal"},
    {"server.port", "", 5432},
    {"db.collection.name", "orders"},
});
constexpr auto database_variable = std::to_array<VariableAttribute>({
    {"db.response.returned_rows", ValueShape::small_integer, "", {}},
    {"network.peer.address", ValueShape::address, "", {}},
    {"db.query.parameter.0", ValueShape::popular, "", {}},
    {"app.request.id", ValueShape::once_a_trace, "r-", {}},
    {"thread.name", ValueShape::pooled, "", threads},
    {"db.connection.pool.used", ValueShape::small_integer, "", {}},
    {"db.client.bytes", ValueShape::wide_integer, "", {}},
    {"db.query.text", ValueShape::sql, "", {}},
    {"app.baggage", ValueShape::baggage, "", baggages},
    {"db.isolation", ValueShape::pooled, "", isolation},
    {"app.region", ValueShape::pooled, "", regions},
    {"db.wait_ms", ValueShape::real, "", {}},
    {"db.plan.cached", ValueShape::flag, "", {}},
    {"code.function.name", ValueShape::popular, "com.example.shop.orders.repository.OrderRepository.find", {}},
});
constexpr auto cache_fixed = std::to_array<FixedAttribute>({
    {"db.system.name", "redis"},
    {"db.operation.name", "GET"},
    {"server.address", "redis-0.internal"},
    {"db.namespace", "0"},
    {"db.query.summary", ""},
    {"server.port", "", 6379},
});
constexpr auto cache_variable = std::to_array<VariableAttribute>({
    {"db.query.text", ValueShape::popular, "GET item:v3:", {}},
    {"cache.hit", ValueShape::flag, "", {}},
    {"network.peer.address", ValueShape::address, "", {}},
    {"app.request.id", ValueShape::once_a_trace, "r-", {}},
    {"thread.name", ValueShape::pooled, "", threads},
    {"cache.bytes", ValueShape::wide_integer, "", {}},
    {"db.redis.database_index", ValueShape::small_integer, "", {}},
    {"app.region", ValueShape::pooled, "", regions},
    {"app.baggage", ValueShape::baggage, "", baggages},
    {"app.customer.tier", ValueShape::pooled, "", tiers},
    {"cache.ttl_s", ValueShape::real, "", {}},
    {"code.function.name", ValueShape::popular, "com.example.shop.catalogue.cache.ItemCache.lookup", {}},
});
constexpr auto messaging_fixed = std::to_array<FixedAttribute>({
    {"messaging.system", "kafka"},
    {"messaging.destination.name", ""},
    {"messaging.operation.type", "send"},
    {"server.address", "kafka-1.internal"},
    {"messaging.client.id", "shop-client-1"},
    {"server.port", "", 9092},
});
constexpr auto messaging_variable = std::to_array<VariableAttribute>({
    {"messaging.message.id", ValueShape::once, "m-", {}},
    {"messaging.kafka.offset", ValueShape::wide_integer, "", {}},
    {"messaging.destination.partition.id", ValueShape::popular, "p", {}},
    {"messaging.message.body.size", ValueShape::wide_integer, "", {}},
    {"app.order.id", ValueShape::once_a_trace, "ORD-2026-", {}},
    {"thread.name", ValueShape::pooled, "", threads},
    {"messaging.batch.message_count", ValueShape::small_integer, "", {}},
    {"messaging.consumer.group.name", ValueShape::pooled, "", consumer_groups},
    {"messaging.header.baggage", ValueShape::baggage, "", baggages},
    {"app.region", ValueShape::pooled, "", regions},
    {"network.peer.address", ValueShape::address, "", {}},
    {"app.lag_ms", ValueShape::real, "", {}},
    {"messaging.kafka.message.key", ValueShape::popular, "customer-account-", {}},
});
constexpr auto internal_fixed = std::to_array<FixedAttribute>({
    {"code.function.name", ""},
    {"code.namespace", "com.example.shop"},
    {"app.module", "core"},
    {"app.stage", "evaluate"},
    {"code.line.number", "", 214},
});
constexpr auto internal_variable = std::to_array<VariableAttribute>({
    {"app.items", ValueShape::small_integer, "", {}},
    {"app.request.id", ValueShape::once_a_trace, "r-", {}},
    {"app.rule", ValueShape::popular, "rule-", {}},
    {"thread.name", ValueShape::pooled, "", threads},
    {"app.bytes", ValueShape::wide_integer, "", {}},
    {"app.score", ValueShape::real, "", {}},
    {"app.city", ValueShape::pooled, "", cities},
    {"app.experiment", ValueShape::pooled, "", flags_on},
    {"app.baggage", ValueShape::baggage, "", baggages},
    {"app.cached", ValueShape::flag, "", {}},
    {"code.file.path", ValueShape::popular, "/srv/app/src/main/java/com/example/shop/rules/Rule", {}},
    {"app.tenant", ValueShape::popular, "租户-", {}},
    {"app.decision.id", ValueShape::once, "decision-2026-", {}},
});

constexpr auto http_names = std::to_array<Text>({
    "GET /",
    "GET /products/{id}",
    "GET /cart",
    "POST /cart/items",
    "POST /checkout",
    "GET /search",
    "GET /orders/{id}",
    "POST /login",
    "GET /商品/{编号}",
    "PUT /profile",
    "GET /recommendations",
    "DELETE /cart/items/{id}",
});
constexpr auto rpc_names = std::to_array<Text>({
    "shop.Cart/GetCart",
    "shop.Catalogue/GetItem",
    "shop.Catalogue/ListItems",
    "shop.Payment/Charge",
    "shop.Inventory/Reserve",
    "shop.Shipping/Quote",
    "shop.Users/GetProfile",
    "shop.Pricing/Price",
    "shop.Promotion/Apply",
    "支付.收单/扣款",
    "shop.Search/Query",
    "shop.Recommendation/Top",
});
constexpr auto database_names = std::to_array<Text>({
    "SELECT shop.orders",
    "SELECT shop.items",
    "INSERT shop.orders",
    "UPDATE shop.stock",
    "SELECT shop.users",
    "SELECT shop.prices",
    "DELETE shop.carts",
});
constexpr auto cache_names = std::to_array<Text>({"GET item", "GET session", "SET item", "HGETALL cart", "INCR views"});
constexpr auto producer_names =
    std::to_array<Text>({"orders.created publish", "mail.outbox publish", "库存变更 publish"});
constexpr auto consumer_names =
    std::to_array<Text>({"orders.created process", "mail.outbox process", "库存变更 process"});
constexpr auto internal_names = std::to_array<Text>({
    "validate",
    "renderPage",
    "applyPromotions",
    "rankResults",
    "计算运费",
    "serialize",
    "authorize",
    "mergeCarts",
});

constexpr auto statements = std::to_array<Text>({
    "SELECT o.id, o.customer_id, o.status, o.total_cents, o.currency, o.created_at FROM orders o WHERE o.customer_id "
    "= ",
    "SELECT i.id, i.sku, i.title, i.description, i.price_cents, s.available FROM items i JOIN stock s ON s.item_id = "
    "i.id AND s.warehouse IN ('FRA1', 'SHA2', 'IAD4') WHERE i.deleted_at IS NULL AND i.category_id IN (SELECT id FROM "
    "categories WHERE path <@ 'root.home.kitchen') ORDER BY i.popularity DESC LIMIT 50 OFFSET ",
    "INSERT INTO order_lines (order_id, line, sku, quantity, unit_price_cents, tax_class, warehouse) VALUES ($1, $2, "
    "$3, $4, $5, $6, $7), ($8, $9, $10, $11, $12, $13, $14) RETURNING id -- ",
    "UPDATE stock SET available = available - $1, reserved = reserved + $1, updated_at = now() WHERE item_id = ",
    "SELECT count(*) FROM 订单 WHERE 状态 = '已支付' AND 创建时间 > now() - interval '1 day' AND 客户 = ",
});
constexpr auto exceptions = std::to_array<Text>({
    "java.util.concurrent.TimeoutException",
    "java.sql.SQLTransientConnectionException",
    "ValueError",
    "io.grpc.StatusRuntimeException",
    "TypeError",
    "业务异常",
});
constexpr auto messages = std::to_array<Text>({
    "deadline exceeded after 2s",
    "connection refused",
    "库存不足",
    "card declined by issuer",
    "could not obtain a connection from the pool within 30000 ms",
    "cannot read properties of undefined",
});
constexpr auto frames = std::to_array<Text>({
    "\tat com.example.shop.payment.PaymentClient.charge(PaymentClient.java:118)\n",
    "\tat com.example.shop.checkout.CheckoutService.placeOrder(CheckoutService.java:77)\n",
    "\tat jdk.internal.reflect.DirectMethodHandleAccessor.invoke(DirectMethodHandleAccessor.java:103)\n",
    "\tat org.springframework.web.method.support.InvocableHandlerMethod.doInvoke(InvocableHandlerMethod.java:255)\n",
    "\tat org.apache.catalina.core.ApplicationFilterChain.internalDoFilter(ApplicationFilterChain.java:174)\n",
    "\tat io.netty.channel.AbstractChannelHandlerContext.invokeChannelRead(AbstractChannelHandlerContext.java:442)\n",
    "\tat java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1144)\n",
    "\tat java.base/java.lang.Thread.run(Thread.java:1583)\n",
});

constexpr std::array<ClassVocabulary, span_classes> classes{{
    {"io.opentelemetry.tomcat-10.0", "2.10.0", http_server_fixed, http_server_variable, http_names, 40'000'000},
    {"@opentelemetry/instrumentation-http", "0.57.1", http_client_fixed, http_client_variable, http_names, 20'000'000},
    {"go.opentelemetry.io/contrib/otelgrpc", "0.58.0", rpc_fixed, rpc_variable, rpc_names, 12'000'000},
    {"go.opentelemetry.io/contrib/otelgrpc", "0.58.0", rpc_fixed, rpc_variable, rpc_names, 13'000'000},
    {"io.opentelemetry.jdbc", "2.10.0", database_fixed, database_variable, database_names, 3'000'000},
    {"opentelemetry.instrumentation.redis", "0.50b0", cache_fixed, cache_variable, cache_names, 400'000},
    {"io.opentelemetry.kafka-clients-2.6", "2.10.0", messaging_fixed, messaging_variable, producer_names, 2'000'000},
    {"io.opentelemetry.kafka-clients-2.6", "2.10.0", messaging_fixed, messaging_variable, consumer_names, 9'000'000},
    {"com.example.shop", "1.4.2", internal_fixed, internal_variable, internal_names, 700'000},
}};

}  // namespace

const ClassVocabulary& vocabulary_of(SpanClass span_class) { return classes[static_cast<std::size_t>(span_class)]; }
std::span<const Text> service_names() { return services; }
std::span<const Text> languages() { return language_names; }
std::span<const Text> zones() { return zone_names; }
std::span<const Text> sql_statements() { return statements; }
std::span<const Text> exception_types() { return exceptions; }
std::span<const Text> error_messages() { return messages; }
std::span<const Text> stack_frames() { return frames; }

}  // namespace filo::workload
