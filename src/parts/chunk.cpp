#include "parts/chunk.h"

#include <zstd.h>

#include "base/check.h"
#include "base/crc32c.h"

namespace filo::parts {
namespace {

constexpr std::size_t buffer_bytes = 1U << 20;
constexpr std::size_t compress_bytes_min = 64;
// zstd cannot shrink further than to 4 bytes a block of 128 KiB; more is a lie that would only cost memory.
constexpr std::uint64_t ratio_max = 1U << 15;

// A decompressor's tables are larger than most chunks, so each thread that reads keeps one.
ZSTD_DCtx* decompressor() {
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  CHECK(context != nullptr);
  return context.get();
}

}  // namespace

void encode(const ChunkRef& ref, ByteWriter& out) {
  out.varint(ref.offset);
  out.varint(ref.stored_bytes);
  out.varint(ref.raw_bytes);
  out.fixed(ref.crc);
  out.fixed(static_cast<std::uint8_t>(ref.codec));
}

ChunkRef decode_chunk_ref(ByteReader& in) {
  ChunkRef ref;
  ref.offset = in.varint();
  const std::uint64_t stored = in.varint();
  const std::uint64_t raw = in.varint();
  ref.crc = in.fixed<std::uint32_t>();
  const auto codec = in.fixed<std::uint8_t>();
  if (stored > UINT32_MAX || raw > UINT32_MAX || codec > static_cast<std::uint8_t>(Codec::zstd)) in.fail();
  ref.stored_bytes = static_cast<std::uint32_t>(stored);
  ref.raw_bytes = static_cast<std::uint32_t>(raw);
  ref.codec = static_cast<Codec>(codec);
  return ref;
}

Error corrupt_chunk(const std::string& path, const ChunkRef& ref, std::string_view what) {
  return Error{ErrorCode::corrupt_data, path + ": offset " + std::to_string(ref.offset) + ": " + std::string(what)};
}

Result<std::string> read_chunk(const io::File& file, const std::string& path, const ChunkRef& ref) {
  auto stored = file.read_at(ref.offset, ref.stored_bytes);
  if (!stored) return stored.error().with_prefix(path + ": offset " + std::to_string(ref.offset));
  if (crc32c(*stored) != ref.crc) return corrupt_chunk(path, ref, "checksum mismatch");
  if (ref.codec == Codec::none) {
    if (ref.raw_bytes != ref.stored_bytes) return corrupt_chunk(path, ref, "wrong size");
    return stored;
  }
  if (ref.raw_bytes / ratio_max > ref.stored_bytes) return corrupt_chunk(path, ref, "impossible size");
  std::string raw(ref.raw_bytes, '\0');
  const std::size_t size = ZSTD_decompressDCtx(decompressor(), raw.data(), raw.size(), stored->data(), stored->size());
  if (ZSTD_isError(size) != 0 || size != raw.size()) return corrupt_chunk(path, ref, "cannot be decompressed");
  return raw;
}

Result<std::unique_ptr<ChunkWriter>> ChunkWriter::create(io::FileSystem& files, const std::string& path,
                                                         int zstd_level) {
  auto file = files.create(path);
  if (!file) return file.error();
  return std::unique_ptr<ChunkWriter>(new ChunkWriter(std::move(*file), zstd_level));
}

ChunkWriter::ChunkWriter(std::unique_ptr<io::File> file, int zstd_level)
    : file_(std::move(file)), compressor_(ZSTD_createCCtx()), zstd_level_(zstd_level) {
  CHECK(compressor_ != nullptr);
}

ChunkWriter::~ChunkWriter() { ZSTD_freeCCtx(compressor_); }

ChunkRef ChunkWriter::add(std::string_view payload, Compress compress) {
  ChunkRef ref;
  if (payload.size() > chunk_bytes_max) {
    if (state_) state_ = Error{ErrorCode::too_large, "a chunk of a part is over 4 GiB"};
    return ref;
  }
  ref.offset = offset_;
  ref.raw_bytes = static_cast<std::uint32_t>(payload.size());
  std::string_view stored = payload;
  if (compress == Compress::yes && payload.size() >= compress_bytes_min) {
    compressed_.resize(ZSTD_compressBound(payload.size()));
    const std::size_t size = ZSTD_compressCCtx(compressor_, compressed_.data(), compressed_.size(), payload.data(),
                                               payload.size(), zstd_level_);
    // A few per cent are not worth the time of every reader.
    const bool worthwhile = ZSTD_isError(size) == 0 && size < payload.size() - payload.size() / 8;
    if (worthwhile && payload.size() / ratio_max <= size) {
      stored = std::string_view(compressed_.data(), size);
      ref.codec = Codec::zstd;
    }
  }
  ref.stored_bytes = static_cast<std::uint32_t>(stored.size());
  ref.crc = crc32c(stored);
  append_plain(stored);
  return ref;
}

void ChunkWriter::append_plain(std::string_view bytes) {
  if (!state_) return;
  buffer_.append(bytes);
  offset_ += bytes.size();
  if (buffer_.size() < buffer_bytes) return;
  state_ = file_->append(buffer_);
  buffer_.clear();
}

Result<void> ChunkWriter::finish() {
  if (state_ && !buffer_.empty()) state_ = file_->append(buffer_);
  buffer_.clear();
  if (state_) state_ = file_->sync();
  return state_;
}

}  // namespace filo::parts
