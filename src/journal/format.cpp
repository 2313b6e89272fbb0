#include "journal/format.h"

#include <charconv>

#include "base/bytes.h"
#include "base/crc32c.h"

namespace filo::journal {
namespace {

constexpr std::string_view magic = "FILOJRNL";
constexpr std::string_view name_prefix = "journal-";
constexpr std::string_view name_suffix = ".log";
constexpr std::size_t name_digits = 20;

// Over the length, then the sequence and the payload: everything but the checksum itself.
std::uint32_t record_checksum(std::string_view length, std::string_view rest) { return crc32c(rest, crc32c(length)); }

}  // namespace

std::string encode(const FileHeader& header) {
  ByteWriter writer;
  writer.bytes(magic);
  writer.fixed(format_version);
  writer.fixed(std::uint32_t{0});
  writer.fixed(header.created.unix_ns);
  writer.fixed(header.first);
  writer.fixed(header.previous_first);
  writer.fixed(header.previous_bytes);
  writer.bytes(std::string(file_header_bytes - sizeof(std::uint32_t) - writer.size(), '\0'));
  writer.fixed(crc32c(writer.view()));
  return writer.take();
}

Result<FileHeader> decode_file_header(std::string_view bytes) {
  ByteReader reader(bytes);
  const std::string_view found_magic = reader.bytes(magic.size());
  const auto version = reader.fixed<std::uint32_t>();
  reader.fixed<std::uint32_t>();
  FileHeader header;
  header.created.unix_ns = reader.fixed<std::int64_t>();
  header.first = reader.fixed<std::uint64_t>();
  header.previous_first = reader.fixed<std::uint64_t>();
  header.previous_bytes = reader.fixed<std::uint64_t>();
  const std::size_t checksum_at = file_header_bytes - sizeof(std::uint32_t);
  if (!reader.ok() || bytes.size() < file_header_bytes || found_magic != magic ||
      ByteReader(bytes.substr(checksum_at)).fixed<std::uint32_t>() != crc32c(bytes.substr(0, checksum_at))) {
    return Error{ErrorCode::corrupt_data, "not a journal file, or its header is damaged"};
  }
  if (version > format_version) {
    return Error{ErrorCode::unsupported, "written in journal format version " + std::to_string(version) +
                                             ", but this build knows versions up to " + std::to_string(format_version) +
                                             ": start the version of Filo that wrote it, or a later one"};
  }
  return header;
}

void append_record(std::string& out, Sequence sequence, std::string_view payload) {
  const auto length = static_cast<std::uint32_t>(payload.size());
  const std::string_view length_bytes(reinterpret_cast<const char*>(&length), sizeof(length));
  const std::string_view sequence_bytes(reinterpret_cast<const char*>(&sequence), sizeof(sequence));
  const std::uint32_t checksum = crc32c(payload, record_checksum(length_bytes, sequence_bytes));
  out.append(length_bytes);
  out.append(reinterpret_cast<const char*>(&checksum), sizeof(checksum));
  out.append(sequence_bytes);
  out.append(payload);
}

RecordHeader decode_record_header(std::string_view bytes) {
  ByteReader reader(bytes);
  RecordHeader header;
  header.length = reader.fixed<std::uint32_t>();
  header.checksum = reader.fixed<std::uint32_t>();
  header.sequence = reader.fixed<std::uint64_t>();
  return header;
}

bool checksum_matches(std::string_view record) {
  return record_checksum(record.substr(0, 4), record.substr(8)) == decode_record_header(record).checksum;
}

std::string file_name(Sequence first) {
  const std::string digits = std::to_string(first);
  return std::string(name_prefix) + std::string(name_digits - digits.size(), '0') + digits + std::string(name_suffix);
}

std::optional<Sequence> parse_file_name(std::string_view name) {
  if (name.size() != name_prefix.size() + name_digits + name_suffix.size()) return std::nullopt;
  if (!name.starts_with(name_prefix) || !name.ends_with(name_suffix)) return std::nullopt;
  const std::string_view digits = name.substr(name_prefix.size(), name_digits);
  Sequence first = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), first);
  if (failure != std::errc() || end != digits.data() + digits.size() || first == 0) return std::nullopt;
  return first;
}

}  // namespace filo::journal
