#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "filter/span_filter.h"

// Whatever the text: parsing ends, an error points into the text, and what was understood prints and parses back to
// itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace filo;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto result = filter::parse(text);
  if (const auto* error = std::get_if<filter::ParseError>(&result)) {
    CHECK(!error->message.empty());
    CHECK(error->position <= text.size());
    return 0;
  }
  const auto& parsed = std::get<filter::SpanFilter>(result);
  const std::string printed = filter::to_text(parsed);
  const auto again = filter::parse(printed);
  // Printing may quote and so lengthen; only the bound on the text may refuse it then.
  if (printed.size() > (64U << 10)) return 0;
  CHECK(std::holds_alternative<filter::SpanFilter>(again));
  CHECK(filter::to_text(std::get<filter::SpanFilter>(again)) == printed);

  const Attribute attributes[] = {{"a", AttributeValue::of_string(text)}, {"b", AttributeValue::of_bytes(text)}};
  Resource resource;
  resource.service = "s";
  const Scope scope;
  Span span;
  span.attributes = attributes;
  span.name = text;
  span.resource = &resource;
  span.scope = &scope;
  CHECK(filter::matches(parsed, span) == filter::matches(std::get<filter::SpanFilter>(again), span));
  return 0;
}
