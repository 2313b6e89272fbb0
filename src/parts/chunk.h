// Chunks: the pieces a part file consists of. Each is encoded bytes, perhaps compressed, under a CRC-32C, and is named
// by a ChunkRef that stands in another chunk or in the footer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "io/file_system.h"

struct ZSTD_CCtx_s;

namespace filo::parts {

enum class Codec : std::uint8_t { none = 0, zstd = 1 };

struct ChunkRef {
  std::uint64_t offset = 0;
  std::uint32_t stored_bytes = 0;
  std::uint32_t raw_bytes = 0;
  std::uint32_t crc = 0;  // of the stored bytes
  Codec codec = Codec::none;

  bool is_empty() const { return raw_bytes == 0; }
};

void encode(const ChunkRef& ref, ByteWriter& out);
ChunkRef decode_chunk_ref(ByteReader& in);

// The checked, decompressed bytes; corrupt_data names the file and the offset.
Result<std::string> read_chunk(const io::File& file, const std::string& path, const ChunkRef& ref);
Error corrupt_chunk(const std::string& path, const ChunkRef& ref, std::string_view what);

// Appends chunks to a new file through a buffer. Sticky: after the first failure every call does nothing and
// finish() says what it was. One thread.
class ChunkWriter {
 public:
  enum class Compress { yes, no };
  static constexpr std::size_t chunk_bytes_max = UINT32_MAX;

  static Result<std::unique_ptr<ChunkWriter>> create(io::FileSystem& files, const std::string& path, int zstd_level);
  ~ChunkWriter();
  ChunkWriter(const ChunkWriter&) = delete;
  ChunkWriter& operator=(const ChunkWriter&) = delete;

  ChunkRef add(std::string_view payload, Compress compress = Compress::yes);
  void append_plain(std::string_view bytes);  // not a chunk: what frames the file
  std::uint64_t offset() const { return offset_; }
  // Writes what is buffered and makes it durable.
  Result<void> finish();

 private:
  ChunkWriter(std::unique_ptr<io::File> file, int zstd_level);

  std::unique_ptr<io::File> file_;
  ZSTD_CCtx_s* compressor_;
  int zstd_level_;
  std::uint64_t offset_ = 0;
  std::string buffer_;
  std::string compressed_;
  Result<void> state_;
};

}  // namespace filo::parts
