#include "api/native/trace_columns.h"

#include <unordered_map>

#include "api/json_writer.h"
#include "base/bytes.h"
#include "base/hash.h"

namespace filo::api {
namespace {

enum Flag : std::uint8_t { error = 1, service_entry = 2, orphan = 4, has_events = 16, has_links = 32 };

// Texts and their numbers, in the order of their first use.
class Dictionary {
 public:
  explicit Dictionary(std::vector<std::string_view>& texts) : texts_(texts) {}
  std::uint32_t index_of(std::string_view text) {
    const auto [entry, added] = index_.emplace(text, static_cast<std::uint32_t>(texts_.size()));
    if (added) texts_.push_back(text);
    return entry->second;
  }

 private:
  std::vector<std::string_view>& texts_;
  std::unordered_map<std::string_view, std::uint32_t> index_;
};

std::uint8_t flags_of(const Trace& trace, std::size_t row) {
  const Span& span = trace.spans[row];
  const std::int32_t parent = trace.parents[row];
  const bool enters =
      parent < 0 || trace.spans[static_cast<std::size_t>(parent)].resource->service != span.resource->service;
  unsigned flags = 0;
  if (span.is_error()) flags |= error;
  if (enters) flags |= service_entry;
  if (trace.is_orphan(row)) flags |= orphan;
  if (!span.events.empty()) flags |= has_events;
  if (!span.links.empty()) flags |= has_links;
  return static_cast<std::uint8_t>(flags);
}

void append_head(JsonWriter& json, const TraceColumns& columns) {
  json.key("trace_id").text(to_hex(columns.trace.id)).key("version").text(columns.version);
  json.key("start_ns")
      .decimal(columns.trace.start.unix_ns)
      .key("duration_ns")
      .decimal(columns.trace.duration().count());
  json.key("n").count(columns.id.size());
  const auto append_texts = [&json](std::string_view key, const auto& texts) {
    json.key(key).begin_array();
    for (const auto& text : texts) json.text(text);
    json.end_array();
  };
  append_texts("services", columns.services);
  append_texts("names", columns.names);
  json.key("complete").boolean(columns.scan.complete);
  append_texts("warnings", columns.scan.warnings);
}

template <typename T>
void append_numbers(JsonWriter& json, std::string_view key, const std::vector<T>& values) {
  json.key(key).begin_array();
  for (const auto value : values) json.integer(static_cast<std::int64_t>(value));
  json.end_array();
}

constexpr std::size_t aligned(std::size_t offset) { return (offset + 7) & ~std::size_t{7}; }

struct Column {
  std::string_view name;
  std::string_view type;
  std::string_view bytes;
};
template <typename T>
Column column(std::string_view name, std::string_view type, const std::vector<T>& values) {
  return {name, type, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)}};
}

}  // namespace

std::string version_of(const Trace& trace) {
  ByteWriter bytes;
  std::uint64_t hash = trace.spans.size();
  for (const auto& span : trace.spans) {
    bytes.clear();
    bytes.fixed(span.id.value);
    bytes.fixed(span.parent_id.value);
    bytes.fixed(span.start.unix_ns);
    bytes.fixed(span.end.unix_ns);
    bytes.fixed(static_cast<std::uint8_t>(span.kind));
    bytes.fixed(static_cast<std::uint8_t>(span.status));
    bytes.varint(span.attributes.size());
    bytes.varint(span.events.size());
    bytes.varint(span.links.size());
    bytes.sized_bytes(span.name);
    bytes.sized_bytes(span.resource->service);
    hash = hash64(bytes.view(), hash);
  }
  return to_hex(hash);
}

TraceColumns::TraceColumns(const Trace& shown, const query::ScanReport& report, std::string known_version)
    : trace(shown), scan(report), version(std::move(known_version)), parent(shown.parents) {
  const std::size_t rows = trace.spans.size();
  for (auto* const column : {&start, &duration}) column->reserve(rows);
  for (auto* const column : {&service, &name}) column->reserve(rows);
  for (auto* const column : {&kind, &flags}) column->reserve(rows);
  id.reserve(rows);
  Dictionary service_index(services);
  Dictionary name_index(names);
  for (std::size_t row = 0; row < rows; ++row) {
    const Span& span = trace.spans[row];
    id.push_back(span.id.value);
    start.push_back(static_cast<double>((span.start - trace.start).count()));
    duration.push_back(static_cast<double>(span.duration().count()));
    service.push_back(service_index.index_of(span.resource->service));
    name.push_back(name_index.index_of(span.name));
    kind.push_back(static_cast<std::uint8_t>(span.kind));
    flags.push_back(flags_of(trace, row));
  }
}

std::string TraceColumns::to_json() const {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  append_head(json, *this);
  json.key("id").begin_array();
  for (const auto value : id) json.text(to_hex(value));
  json.end_array();
  append_numbers(json, "parent", parent);
  append_numbers(json, "start", start);
  append_numbers(json, "dur", duration);
  append_numbers(json, "svc", service);
  append_numbers(json, "name", name);
  append_numbers(json, "kind", kind);
  append_numbers(json, "flags", flags);
  json.end_object();
  return out;
}

std::string TraceColumns::to_trc1() const {
  const Column columns[] = {column("id", "u64", id),       column("parent", "i32", parent),
                            column("start", "f64", start), column("dur", "f64", duration),
                            column("svc", "u32", service), column("name", "u32", name),
                            column("kind", "u8", kind),    column("flags", "u8", flags)};
  std::string header;
  JsonWriter json(header);
  json.begin_object();
  append_head(json, *this);
  json.key("cols").begin_array();
  std::size_t offset = 0;
  for (const auto& [column_name, type, bytes] : columns) {
    json.begin_object().key("n").text(column_name).key("t").text(type);
    json.key("o").count(offset).key("l").count(bytes.size()).end_object();
    offset = aligned(offset + bytes.size());
  }
  json.end_array().end_object();

  constexpr std::size_t header_at = 12;
  const std::size_t body_at = aligned(header_at + header.size());
  ByteWriter out;
  out.bytes("TRC1");
  out.fixed(static_cast<std::uint32_t>(header.size()));
  out.fixed(static_cast<std::uint32_t>(body_at));
  out.bytes(header);
  std::string file = out.take();
  file.reserve(body_at + offset);
  file.resize(body_at);
  for (const auto& each : columns) {
    file.append(each.bytes);
    file.resize(aligned(file.size()));
  }
  return file;
}

}  // namespace filo::api
