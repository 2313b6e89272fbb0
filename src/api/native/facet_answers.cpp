#include <algorithm>
#include <array>

#include "api/native/answers.h"
#include "api/native/request_parameters.h"

namespace filo::api {
namespace {

using filter::Level;
using query::Facet;
using query::FacetKind;

constexpr std::size_t limit_default = 1000;
constexpr std::size_t limit_max = 10'000;

std::string_view name_of(Level level) {
  switch (level) {
    case Level::resource:
      return "resource";
    case Level::scope:
      return "scope";
    case Level::event:
      return "event";
    case Level::any:
    case Level::span:
      break;
  }
  return "span";
}

// A key as in the filter language.
std::optional<Problem> read_key(std::string_view key, query::FacetQuery& query) {
  if (key.empty()) return bad_request("key: is required, such as http.route or resource.host.name");
  auto parsed = filter::parse("has(" + std::string(key) + ")");
  const auto* filter = std::get_if<filter::SpanFilter>(&parsed);
  if (filter == nullptr || filter->conditions.size() != 1 || filter->conditions[0].field != filter::Field::attribute) {
    return bad_request("key: expected an attribute key as in the filter language, such as resource.host.name");
  }
  query.level = filter->conditions[0].level;
  query.key = filter->conditions[0].key;
  return std::nullopt;
}

struct Shape {
  FacetKind kind;
  std::string_view member;
};
constexpr Shape shape_of(FacetAnswer kind) {
  constexpr std::array shapes{Shape{FacetKind::service, "services"}, Shape{FacetKind::operation, "operations"},
                              Shape{FacetKind::attribute_key, "keys"}, Shape{FacetKind::attribute_value, "values"}};
  return shapes[static_cast<std::size_t>(kind)];
}

void append(JsonWriter& json, FacetAnswer kind, const Facet& facet) {
  json.begin_object();
  if (kind == FacetAnswer::attributes) {
    json.key("scope").text(name_of(facet.level)).key("key").text(facet.name);
    json.key("type").text(filo::name_of(facet.type));
  } else {
    json.key("name").text(facet.name);
  }
  if (kind == FacetAnswer::operations) json.key("kind").text(filo::name_of(facet.kind));
  json.key("spans").count(facet.spans).end_object();
}

}  // namespace

net::Response facet_answer(const ApiContext& context, FacetAnswer kind, const Question& question) {
  const Duration begin = context.clock.steady_now();
  query::FacetQuery query;
  query.kind = shape_of(kind).kind;
  RequestParameters parameters(question.request.query);
  query.limit = parameters.take_limit(limit_default, limit_max);
  query.prefix = parameters.take("prefix");
  if (kind != FacetAnswer::services) query.service = parameters.take("service");
  const std::string key = kind == FacetAnswer::attribute_values ? parameters.take("key") : "";
  if (const auto problem = parameters.finish()) return response_of(*problem);
  if (kind == FacetAnswer::attribute_values) {
    if (const auto problem = read_key(key, query)) return response_of(*problem);
  }
  query::FacetPage page = context.engine.facets(query, question.deadline);
  if (kind == FacetAnswer::attributes) {
    std::stable_sort(page.facets.begin(), page.facets.end(),
                     [](const Facet& a, const Facet& b) { return name_of(a.level) < name_of(b.level); });
  }
  net::Response response = json_response();
  JsonWriter json(response.body);
  json.begin_object().key(shape_of(kind).member).begin_array();
  for (const auto& facet : page.facets) append(json, kind, facet);
  json.end_array().key("meta");
  append_meta(json, page.scan, context.clock.steady_now() - begin);
  json.end_object();
  return response;
}

}  // namespace filo::api
