#include "net/content_encoding.h"

#include <libdeflate.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/check.h"

namespace filo::net {
namespace {

// DEFLATE cannot expand further (RFC 1951: 258 bytes from two bits).
constexpr std::size_t deflate_ratio_max = 1032;

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
};
struct FreeCompressor {
  void operator()(libdeflate_compressor* c) const { libdeflate_free_compressor(c); }
};
struct FreeZstd {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

Error corrupt(std::string_view encoding) {
  return Error{ErrorCode::invalid_argument, "body is not valid " + std::string(encoding)};
}
Error over_limit(std::size_t limit) {
  return Error{ErrorCode::too_large, "body is larger than " + std::to_string(limit) + " bytes when decoded"};
}

enum class Wrapping { gzip, zlib, raw };

struct Inflated {
  libdeflate_result result = LIBDEFLATE_BAD_DATA;
  std::size_t consumed = 0;
};

// Appends one member to `out`, whose room grows until it fits or the limit is reached.
Inflated inflate_member(std::string_view in, Wrapping wrapping, std::size_t limit, std::size_t guess,
                        std::string& out) {
  thread_local const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(
      libdeflate_alloc_decompressor());
  CHECK(decompressor != nullptr);
  const std::size_t before = out.size();
  std::size_t room = std::min(guess, limit - before);
  while (true) {
    out.resize(before + room);
    Inflated inflated;
    std::size_t written = 0;
    const auto run = wrapping == Wrapping::gzip   ? &libdeflate_gzip_decompress_ex
                     : wrapping == Wrapping::zlib ? &libdeflate_zlib_decompress_ex
                                                  : &libdeflate_deflate_decompress_ex;
    inflated.result =
        run(decompressor.get(), in.data(), in.size(), out.data() + before, room, &inflated.consumed, &written);
    if (inflated.result == LIBDEFLATE_SUCCESS) {
      out.resize(before + written);
      return inflated;
    }
    if (inflated.result != LIBDEFLATE_INSUFFICIENT_SPACE || before + room == limit) return inflated;
    room = std::min(room * 4, limit - before);
  }
}

// The size that the last member's trailer claims (RFC 1952 section 2.3.1), believed only as far as it is possible.
std::size_t gzip_size_guess(std::string_view untrusted) {
  std::uint32_t claimed = 0;
  if (untrusted.size() >= 18) std::memcpy(&claimed, untrusted.data() + untrusted.size() - 4, sizeof(claimed));
  return std::clamp<std::size_t>(claimed, 1024, std::max<std::size_t>(1024, untrusted.size() * deflate_ratio_max));
}

Result<std::string> decode_gzip(std::string_view body, std::size_t limit) {
  std::string out;
  std::size_t guess = std::min<std::size_t>(gzip_size_guess(body), 64U << 20);
  do {
    const Inflated inflated = inflate_member(body, Wrapping::gzip, limit, guess, out);
    if (inflated.result == LIBDEFLATE_INSUFFICIENT_SPACE) return over_limit(limit);
    if (inflated.result != LIBDEFLATE_SUCCESS) return corrupt("gzip");
    body.remove_prefix(inflated.consumed);
    guess = 1024;
  } while (!body.empty());
  return out;
}

// "deflate" is zlib's format by RFC 9110 section 8.4.1.2; some clients send raw DEFLATE all the same.
Result<std::string> decode_deflate(std::string_view body, std::size_t limit) {
  for (const Wrapping wrapping : {Wrapping::zlib, Wrapping::raw}) {
    std::string out;
    const Inflated inflated = inflate_member(body, wrapping, limit, body.size() * 4 + 1024, out);
    if (inflated.result == LIBDEFLATE_SUCCESS && inflated.consumed == body.size()) return out;
    if (inflated.result == LIBDEFLATE_INSUFFICIENT_SPACE) return over_limit(limit);
  }
  return corrupt("deflate");
}

Result<std::string> decode_zstd(std::string_view body, std::size_t limit) {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeZstd> context(ZSTD_createDCtx());
  CHECK(context != nullptr);
  ZSTD_DCtx_reset(context.get(), ZSTD_reset_session_only);
  // The window is memory that the sender chooses: 8 MB is what RFC 8878 section 3.1.1.1.2 asks decoders to support.
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, 23);
  std::string out;
  ZSTD_inBuffer in{body.data(), body.size(), 0};
  std::size_t status = 1;
  while (true) {
    const std::size_t before = out.size();
    const std::size_t room = std::min(std::max<std::size_t>(before, 64U << 10), limit - before + 1);
    out.resize(before + room);
    ZSTD_outBuffer to{out.data() + before, room, 0};
    status = ZSTD_decompressStream(context.get(), &to, &in);
    out.resize(before + to.pos);
    if (ZSTD_isError(status)) return corrupt("zstd");
    if (out.size() > limit) return over_limit(limit);
    if (in.pos == in.size && (status == 0 || to.pos < room)) break;
  }
  if (status != 0) return corrupt("zstd");
  return out;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

Result<std::string> decode_body(std::string body, std::string_view content_encoding, std::size_t decoded_bytes_max) {
  const std::string encoding = lower_case(content_encoding);
  if (encoding.empty() || encoding == "identity") {
    if (body.size() > decoded_bytes_max) return over_limit(decoded_bytes_max);
    return body;
  }
  if (encoding == "gzip" || encoding == "x-gzip") return decode_gzip(body, decoded_bytes_max);
  if (encoding == "deflate") return decode_deflate(body, decoded_bytes_max);
  if (encoding == "zstd") return decode_zstd(body, decoded_bytes_max);
  return Error{ErrorCode::unsupported, "content-encoding '" + encoding.substr(0, 64) +
                                           "' is not supported; send identity, gzip, deflate or zstd"};
}

std::string gzip_compress(std::string_view body) {
  constexpr int level = 4;
  thread_local const std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor(
      libdeflate_alloc_compressor(level));
  CHECK(compressor != nullptr);
  std::string out(libdeflate_gzip_compress_bound(compressor.get(), body.size()), '\0');
  out.resize(libdeflate_gzip_compress(compressor.get(), body.data(), body.size(), out.data(), out.size()));
  return out;
}

}  // namespace filo::net
