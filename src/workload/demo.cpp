#include "workload/demo.h"

#include <string>

#include "workload/story.h"

namespace filo::workload {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// How the shop does: two kinds of trouble that come back, so that there is something to find in any quarter of an hour.
struct Weather {
  bool bank_is_down = false;
  bool database_is_slow = false;
};

Weather weather_at(Timestamp now) {
  const std::int64_t minute = now.unix_ns / 60'000'000'000;
  return {.bank_is_down = minute % 7 == 3, .database_is_slow = minute % 9 == 5};
}

struct Visit {
  Story& story;
  Weather weather;
  std::int64_t customer;
  std::int64_t item;
};

void query(const Visit& visit, std::string_view summary, std::string_view statement, Duration typical) {
  Story& story = visit.story;
  story.open(story.place(), SpanKind::client, summary,
             {{"db.system.name", text("postgresql")},
              {"db.namespace", text("shop")},
              {"db.query.summary", text(summary)},
              {"db.query.text", text(statement)},
              {"server.address", text("pg-primary")},
              {"server.port", number(5432)}});
  if (visit.weather.database_is_slow && story.random().chance(0.4)) {
    story.event("waiting for a connection", {{"db.client.connection.pool.name", text("shop-rw")},
                                             {"db.client.connection.pending_requests", number(37)}});
    story.spend(typical * 40 + milliseconds(120));
  }
  story.spend(typical);
  story.note("db.response.returned_rows", number(story.random().between(1, 40)));
  story.close();
}

// Looks into redis; when it is not there, the database is asked and redis is filled.
void cached_query(const Visit& visit, std::string_view key, std::string_view summary, std::string_view statement,
                  double hit_rate) {
  Story& story = visit.story;
  const bool is_hit = story.random().chance(hit_rate);
  story.open(story.place(), SpanKind::client, "GET",
             {{"db.system.name", text("redis")},
              {"db.query.text", story.keep("GET " + std::string(key) + ":" + std::to_string(visit.item))},
              {"server.address", text("redis-0")},
              {"cache.hit", AttributeValue::of_bool(is_hit)}});
  story.spend(microseconds(350));
  story.close();
  if (is_hit) return;
  query(visit, summary, statement, milliseconds(6));
  story.open(story.place(), SpanKind::client, "SETEX",
             {{"db.system.name", text("redis")}, {"server.address", text("redis-0")}, {"cache.ttl_s", number(300)}});
  story.spend(microseconds(400));
  story.close();
}

void open_page(const Visit& visit, std::string_view name, std::string_view method, std::string_view route,
               std::string path) {
  Story& story = visit.story;
  const bool is_phone = visit.customer % 3 == 0;
  story.open(Place::storefront, SpanKind::server, name,
             {{"http.request.method", text(method)},
              {"http.route", text(route)},
              {"url.path", story.keep(std::move(path))},
              {"url.scheme", text("https")},
              {"server.address", text("shop.example.com")},
              {"client.address", story.keep("203.0.113." + std::to_string(visit.customer % 250))},
              {"user_agent.original",
               text(is_phone ? "ShopApp/8.14.2 (Android 14; Pixel 8; zh_CN)" : "Mozilla/5.0 Firefox/127.0")},
              {"enduser.id", story.keep("u-" + std::to_string(visit.customer))}});
  story.spend(milliseconds(1));
}

void close_page(const Visit& visit) {
  Story& story = visit.story;
  story.open(Place::storefront, SpanKind::internal, "render", {{"template", text("page.html")}});
  story.spend(milliseconds(4));
  story.close();
  story.note("http.response.status_code", number(story.has_failed() ? 500 : 200));
  story.note("http.response.body.size", number(story.random().between(2'000, 90'000)));
  story.close();
}

void home_page(const Visit& visit) {
  Story& story = visit.story;
  open_page(visit, "GET /", "GET", "/", "/");
  const Timestamp fork = story.now();
  story.call(Place::recommendation, "Top", [&] {
    cached_query(visit, "top", "SELECT recommendations", "SELECT item_id FROM recommendations WHERE segment = $1", 0.7);
    story.open(Place::recommendation, SpanKind::internal, "rank", {{"model.version", text("2026-11-02")}});
    story.spend(milliseconds(9));
    if (story.random().chance(0.02)) story.fail("ValueError", "feature vector has NaN at position 17");
    story.close();
  });
  const Timestamp first_done = story.now();
  story.rewind(fork + microseconds(300));
  story.call(Place::catalogue, "ListItems", [&] {
    cached_query(visit, "list", "SELECT items", "SELECT id, title, price_cents FROM items WHERE shelf = $1 LIMIT 24",
                 0.9);
  });
  story.wait_until(first_done);
  close_page(visit);
}

void product_page(const Visit& visit) {
  Story& story = visit.story;
  open_page(visit, "GET /products/{id}", "GET", "/products/{id}", "/products/" + std::to_string(visit.item));
  story.call(Place::catalogue, "GetItem",
             [&] { cached_query(visit, "item", "SELECT items", "SELECT * FROM items WHERE id = $1", 0.8); });
  const Timestamp fork = story.now();
  story.call(Place::pricing, "Price", [&] {
    cached_query(visit, "price", "SELECT prices", "SELECT cents, currency FROM prices WHERE item_id = $1", 0.95);
    story.note("app.currency", text(visit.customer % 4 == 0 ? "CNY" : "EUR"));
  });
  const Timestamp first_done = story.now();
  story.rewind(fork);
  story.call(Place::inventory, "查询库存", [&] {
    query(visit, "SELECT 库存", "SELECT 可用数量 FROM 库存 WHERE 商品编号 = $1 AND 仓库 = ANY($2)", milliseconds(2));
  });
  story.wait_until(first_done);
  close_page(visit);
}

// One search in eight asks the catalogue for every hit by itself: the N+1 queries that a timeline shows at a glance.
void search_page(const Visit& visit) {
  Story& story = visit.story;
  open_page(visit, "GET /search", "GET", "/search", "/search");
  story.note("url.query", text(visit.customer % 2 == 0 ? "q=茶壶&sort=price" : "q=teapot&sort=price"));
  story.call(Place::search, "Query", [&] {
    story.open(Place::search, SpanKind::client, "POST items/_search",
               {{"db.system.name", text("opensearch")},
                {"db.operation.name", text("search")},
                {"server.address", text("opensearch-1")}});
    story.spend(story.random().chance(0.05) ? milliseconds(900) : milliseconds(18));
    story.close();
    story.note("search.hits", number(story.random().between(0, 400)));
  });
  const bool one_by_one = story.random().chance(0.125);
  story.call(Place::catalogue, one_by_one ? "GetItem" : "GetItems", [&] {
    const std::int64_t queries = one_by_one ? story.random().between(20, 40) : 1;
    for (std::int64_t i = 0; i < queries; ++i) {
      query(visit, "SELECT items",
            one_by_one ? "SELECT * FROM items WHERE id = $1" : "SELECT * FROM items WHERE id = ANY($1)",
            milliseconds(2));
    }
  });
  close_page(visit);
}

void add_to_cart(const Visit& visit) {
  Story& story = visit.story;
  open_page(visit, "POST /cart/items", "POST", "/cart/items", "/cart/items");
  story.call(Place::inventory, "查询库存", [&] {
    query(visit, "SELECT 库存", "SELECT 可用数量 FROM 库存 WHERE 商品编号 = $1", milliseconds(2));
    if (story.random().chance(0.03)) story.fail("库存不足");
  });
  story.call(Place::cart, "AddItem", [&] {
    story.open(Place::cart, SpanKind::client, "HSET",
               {{"db.system.name", text("redis")}, {"server.address", text("redis-1")}});
    story.spend(microseconds(500));
    story.close();
  });
  close_page(visit);
}

// The bank's answer, with up to two retries. False when it never came.
bool charge(const Visit& visit) {
  Story& story = visit.story;
  for (int attempt = 0; attempt < 3; ++attempt) {
    story.open(Place::payment, SpanKind::client, "POST",
               {{"http.request.method", text("POST")},
                {"url.full", text("https://bank.example/v2/charges")},
                {"server.address", text("bank.example")},
                {"http.request.resend_count", number(attempt)}});
    if (story.random().chance(visit.weather.bank_is_down ? 0.75 : 0.03)) {
      story.spend(milliseconds(500));
      story.fail("java.net.http.HttpTimeoutException", "request timed out");
      story.close();
      story.event("retrying", {{"retry.attempt", number(attempt + 1)}, {"retry.wait_ms", number(50 << attempt)}});
      story.spend(milliseconds(50 << attempt));
      continue;
    }
    story.spend(milliseconds(90));
    story.note("http.response.status_code", number(201));
    story.close();
    return true;
  }
  return false;
}

void work_off_order(const Visit& visit) {
  Story& story = visit.story;
  story.spend(milliseconds(30));
  story.open(Place::shipping, SpanKind::consumer, "orders.created process",
             {{"messaging.system", text("kafka")},
              {"messaging.destination.name", text("orders.created")},
              {"messaging.consumer.group.name", text("shipping")},
              {"messaging.operation.type", text("process")}});
  story.spend(milliseconds(3));
  story.open(Place::shipping, SpanKind::internal, "计算运费", {{"shipping.parcels", number(1 + visit.item % 3)}});
  story.spend(milliseconds(2));
  story.close();
  query(visit, "INSERT shipments", "INSERT INTO shipments (order_id, address_id, carrier) VALUES ($1, $2, $3)",
        milliseconds(3));
  story.close();
}

void place_order(const Visit& visit) {
  Story& story = visit.story;
  story.call(Place::cart, "GetCart", [&] {
    story.open(Place::cart, SpanKind::client, "HGETALL",
               {{"db.system.name", text("redis")}, {"server.address", text("redis-1")}});
    story.spend(microseconds(700));
    story.close();
  });
  story.call(Place::pricing, "Total", [&] { story.spend(milliseconds(2)); });
  story.call(Place::inventory, "预留", [&] {
    query(visit, "UPDATE 库存", "UPDATE 库存 SET 可用数量 = 可用数量 - $1 WHERE 商品编号 = $2", milliseconds(5));
  });
  const bool is_paid = story.call(Place::payment, "扣款", [&] {
    story.note("payment.method", text(visit.customer % 3 == 0 ? "支付宝" : "card"));
    if (!charge(visit)) story.fail("支付超时", "bank did not answer after 3 attempts");
  });
  if (!is_paid) {
    story.call(Place::inventory, "释放", [&] {
      query(visit, "UPDATE 库存", "UPDATE 库存 SET 可用数量 = 可用数量 + $1 WHERE 商品编号 = $2", milliseconds(4));
    });
    story.fail("com.example.shop.PaymentFailed", "payment was not possible; stock was released");
    return;
  }
  story.call(Place::orders, "创建订单", [&] {
    query(visit, "INSERT 订单", "INSERT INTO 订单 (客户, 金额, 状态) VALUES ($1, $2, '已支付') RETURNING 编号",
          milliseconds(4));
    query(visit, "INSERT 订单明细", "INSERT INTO 订单明细 (订单, 商品, 数量) SELECT * FROM unnest($1, $2, $3)",
          milliseconds(3));
  });
}

void send_mails(const Visit& visit) {
  Story& story = visit.story;
  for (int i = 0; i < 3; ++i) {
    story.open(Place::notification, SpanKind::client, "SMTP send",
               {{"server.address", text("mail.example")}, {"mail.template", text("order-confirmation")}});
    story.spend(milliseconds(25));
    if (story.random().chance(0.04)) story.fail("smtplib.SMTPServerDisconnected", "connection unexpectedly closed");
    story.close();
  }
}

}  // namespace

SpanBatch Demo::next_request(Timestamp now) {
  SpanBatch batch;
  Story story(batch, random_);
  const Visit visit{.story = story,
                    .weather = weather_at(now),
                    .customer = random_.between(1, 5'000),
                    .item = random_.between(1, 300) * random_.between(1, 10)};
  story.begin(now);
  const std::uint64_t dice = random_.below(100);
  if (dice < 22) {
    home_page(visit);
  } else if (dice < 55) {
    product_page(visit);
  } else if (dice < 72) {
    search_page(visit);
  } else if (dice < 86) {
    add_to_cart(visit);
  } else if (orders_waiting_ == orders_.size()) {
    // Mails go out for several orders at once: a trace of its own, linked to theirs.
    story.open(Place::notification, SpanKind::consumer, "orders.created process",
               {{"messaging.system", text("kafka")},
                {"messaging.destination.name", text("orders.created")},
                {"messaging.batch.message_count", number(static_cast<std::int64_t>(orders_waiting_))}});
    for (const auto& order : orders_) story.link(order.trace_id, order.span_id);
    orders_waiting_ = 0;
    send_mails(visit);
    story.close();
  } else {
    open_page(visit, "POST /checkout", "POST", "/checkout", "/checkout");
    const bool is_ordered = story.call(Place::checkout, "PlaceOrder", [&] {
      place_order(visit);
      if (story.has_failed()) return;
      story.open(Place::checkout, SpanKind::producer, "orders.created publish",
                 {{"messaging.system", text("kafka")},
                  {"messaging.destination.name", text("orders.created")},
                  {"messaging.message.id", story.keep("order-" + std::to_string(visit.item * visit.customer))}});
      orders_[orders_waiting_++] = {story.current().trace_id, story.current().id};
      story.spend(milliseconds(2));
      const Timestamp published = story.now();
      work_off_order(visit);
      story.rewind(published);
      story.close();
    });
    if (!is_ordered) story.fail("TypeError", "Cannot read properties of undefined (reading 'orderId')");
    close_page(visit);
  }
  return batch;
}

}  // namespace filo::workload
