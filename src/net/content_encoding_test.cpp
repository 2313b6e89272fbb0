#include "net/content_encoding.h"

#include <gtest/gtest.h>
#include <libdeflate.h>
#include <zstd.h>

namespace filo::net {
namespace {

std::string sample() {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "span " + std::to_string(i * 7919) + ";";
  return text;
}

std::string zlib_compress(const std::string& text) {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(6);
  std::string out(libdeflate_zlib_compress_bound(compressor, text.size()), '\0');
  out.resize(libdeflate_zlib_compress(compressor, text.data(), text.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  return out;
}

std::string zstd_compress(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 1));
  return out;
}

struct Coding {
  const char* name;
  std::string (*compress)(const std::string&);
};
const Coding codings[] = {{"gzip", [](const std::string& text) { return gzip_compress(text); }},
                          {"deflate", &zlib_compress},
                          {"zstd", &zstd_compress}};

TEST(ContentEncoding, WhatWasCompressedComesBack) {
  for (const Coding& coding : codings) {
    for (const std::string& text : {std::string(), std::string("x"), sample()}) {
      const auto decoded = decode_body(coding.compress(text), coding.name, 1 << 20);
      ASSERT_TRUE(decoded) << coding.name << ": " << decoded.error().message;
      EXPECT_EQ(*decoded, text) << coding.name;
    }
  }
  EXPECT_EQ(*decode_body("plain", "", 5), "plain");
  EXPECT_EQ(*decode_body("plain", "Identity", 5), "plain");
  EXPECT_EQ(*decode_body(gzip_compress("a") + gzip_compress("b"), "x-gzip", 5), "ab");
}

TEST(ContentEncoding, RawDeflateIsTaken) {
  const std::string zlib = zlib_compress(sample());
  EXPECT_EQ(*decode_body(zlib.substr(2, zlib.size() - 6), "deflate", 1 << 20), sample());
}

TEST(ContentEncoding, OutputIsBounded) {
  const std::string zeros(8 << 20, '\0');
  for (const Coding& coding : codings) {
    const std::string bomb = coding.compress(zeros);
    ASSERT_LT(bomb.size(), 64U << 10);
    EXPECT_EQ(decode_body(bomb, coding.name, zeros.size() - 1).error().code, ErrorCode::too_large) << coding.name;
    EXPECT_EQ(decode_body(bomb, coding.name, 0).error().code, ErrorCode::too_large) << coding.name;
    EXPECT_TRUE(decode_body(bomb, coding.name, zeros.size())) << coding.name;
  }
  EXPECT_EQ(decode_body("four", "", 3).error().code, ErrorCode::too_large);
}

TEST(ContentEncoding, EveryTruncationIsRefused) {
  for (const Coding& coding : codings) {
    const std::string whole = coding.compress("spans, spans and spans: " + sample().substr(0, 300));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_EQ(decode_body(whole.substr(0, size), coding.name, 1 << 20).error().code, ErrorCode::invalid_argument)
          << coding.name << " " << size;
    }
    EXPECT_FALSE(decode_body(whole + "x", coding.name, 1 << 20)) << coding.name;
  }
}

TEST(ContentEncoding, UnknownCodingIsUnsupported) {
  EXPECT_EQ(decode_body("", "br", 10).error().code, ErrorCode::unsupported);
  EXPECT_EQ(decode_body("", "gzip, gzip", 10).error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace filo::net
