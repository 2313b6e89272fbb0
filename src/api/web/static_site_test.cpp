#include "api/web/static_site.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "net/client.h"

namespace filo::api::web {
namespace {

using namespace std::chrono_literals;

constexpr Asset assets[] = {
    {"/index.html", "text/html", "<html><base href=\"/\"></html>", "", "", "\"i\""},
    {"/assets/a.js", "text/javascript", "plain", "zipped", "brotlied", "\"a\""},
};

class StaticSiteTest : public ::testing::Test {
 protected:
  void serve(std::span<const Asset> bundle) {
    auto server = net::Server::create({}, clock_);
    ASSERT_TRUE(server.has_value());
    server_ = std::move(*server);
    net::Routes routes;
    add_routes(routes, bundle);
    const auto port = server_->listen("test", "127.0.0.1", 0, std::move(routes));
    ASSERT_TRUE(port.has_value());
    server_->start();
    client_ = net::HttpClient::create("127.0.0.1", *port, clock_);
  }
  net::Response get(std::string_view path, const net::Headers& headers = {}) {
    auto response = client_->request("GET", path, headers, "", Deadline::after(clock_, 5s));
    EXPECT_TRUE(response.has_value());
    return response ? *response : net::Response{};
  }
  void TearDown() override {
    if (server_) server_->stop(Deadline::after(clock_, 5s));
  }

  SystemClock clock_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<net::HttpClient> client_;
};

TEST_F(StaticSiteTest, AssetsAreCachedForeverInTheBestEncoding) {
  serve(assets);
  net::Headers headers;
  headers.add("accept-encoding", "gzip, br");
  net::Response response = get("/assets/a.js", headers);
  EXPECT_EQ(response.body, "brotlied");
  EXPECT_EQ(response.headers.find("content-encoding"), "br");
  EXPECT_EQ(response.headers.find("cache-control"), "public, max-age=31536000, immutable");
  net::Headers picky;
  picky.add("accept-encoding", "gzip;q=0.5, br;q=0");
  EXPECT_EQ(get("/assets/a.js", picky).body, "zipped");
  EXPECT_EQ(get("/assets/a.js").body, "plain");
  net::Headers known;
  known.add("if-none-match", "\"a\"");
  EXPECT_EQ(get("/assets/a.js", known).status, 304);
}

TEST_F(StaticSiteTest, PagesAreFreshAndFollowTheProxy) {
  serve(assets);
  for (const char* path : {"/", "/search?service=a", "/trace/0af7"}) {
    const net::Response response = get(path);
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_EQ(response.headers.find("cache-control"), "no-cache");
    EXPECT_NE(response.body.find("<base href=\"/\">"), std::string::npos);
  }
  net::Headers proxied;
  proxied.add("x-forwarded-prefix", "/x/filo");
  EXPECT_NE(get("/search", proxied).body.find("<base href=\"/x/filo/\">"), std::string::npos);
  net::Headers hostile;
  hostile.add("x-forwarded-prefix", "/\"><script>");
  EXPECT_NE(get("/search", hostile).body.find("<base href=\"/\">"), std::string::npos);
  EXPECT_EQ(get("/nothing/here").status, 404);
}

TEST_F(StaticSiteTest, WithoutABundleItSaysSo) {
  serve({});
  EXPECT_NE(get("/").body.find("without the web UI"), std::string::npos);
}

}  // namespace
}  // namespace filo::api::web
