#include "net/http.h"

#include <gtest/gtest.h>

#include "net/client.h"
#include "net/http1_header.h"

namespace filo::net {
namespace {

TEST(Query, DecodesPairsInOrder) {
  const auto pairs = parse_query("a=1&b=x%20y+z&&c&a=2&%3d=%zz%4");
  ASSERT_EQ(pairs.size(), 5U);
  EXPECT_EQ(pairs[1], std::make_pair(std::string("b"), std::string("x y z")));
  EXPECT_EQ(pairs[2], std::make_pair(std::string("c"), std::string()));
  EXPECT_EQ(pairs[4], std::make_pair(std::string("="), std::string("%zz%4")));
  EXPECT_EQ(query_value(pairs, "a"), "1");
  EXPECT_EQ(query_value(pairs, "d"), std::nullopt);
}

TEST(Percent, EncodedBytesComeBack) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
  EXPECT_EQ(percent_encode("a b/~\xff"), "a%20b%2F~%FF");
  EXPECT_EQ(percent_decode("a+b"), "a+b");
}

TEST(Url, Parts) {
  const auto url = parse_url("http://[::1]:8123/?q=1");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, 8123);
  EXPECT_EQ(url->path, "/?q=1");
  EXPECT_EQ(parse_url("http://h")->path, "/");
  EXPECT_EQ(parse_url("http://h?x")->path, "/?x");
  EXPECT_EQ(parse_url("http://h")->port, 80);
  EXPECT_EQ(parse_url("https://h/").error().code, ErrorCode::unsupported);
  for (const char* bad : {"", "h:1", "http://", "http://:1/", "http://h:0/", "http://h:99999/", "http://h:1x/",
                          "http://u:p@h/", "http://[::1/", "http://h/a b"}) {
    EXPECT_FALSE(parse_url(bad)) << bad;
  }
}

TEST(RequestHead, SplitsTargetAndLowersNames) {
  const auto head = parse_request_head("GET /a%20b?x=%20 HTTP/1.1\r\nHost: h\r\nX-Name:  Value \r\n\r\n");
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(head->request.path, "/a b");
  EXPECT_EQ(head->request.query, "x=%20");
  EXPECT_EQ(head->request.headers.find("x-name"), "Value");
  EXPECT_TRUE(head->framing.keep_alive);
  EXPECT_EQ(parse_request_head("GET http://h/p HTTP/1.1\r\nHost: h\r\n\r\n")->request.path, "/p");
}

// Each could be read by a proxy as a request of another shape than the one we would see.
TEST(RequestHead, AmbiguousFramingIsRefused) {
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\n";
  for (const char* headers :
       {"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 1\r\nContent-Length: 2\r\n",
        "Content-Length: +1\r\n", "Content-Length: 1, 2\r\n", "Content-Length: -1\r\n", "Content-Length: \r\n",
        "Content-Length: 99999999999999999999999\r\n", "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: xchunked\r\n",
        "X: a\r\n b\r\n", "X: a\r\n\tb\r\n", "X : a\r\n", "Host: other\r\n", "X: a\nY: b\r\n", ": a\r\n",
        "X: a\x01\r\n"}) {
    EXPECT_FALSE(parse_request_head(start + headers + "\r\n")) << headers;
  }
  EXPECT_FALSE(parse_request_head("GET / HTTP/1.1\r\n\r\n"));
  EXPECT_FALSE(parse_request_head("GET x HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_FALSE(parse_request_head("GET / HTTP/2.0\r\nHost: h\r\n\r\n"));
  EXPECT_FALSE(parse_request_head("GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n"));
}

}  // namespace
}  // namespace filo::net
