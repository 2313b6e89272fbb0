#include "propagation/propagator.h"

#include "propagation/b3.h"
#include "propagation/eagleeye.h"
#include "propagation/jaeger.h"
#include "propagation/skywalking.h"
#include "propagation/sofatracer.h"
#include "propagation/w3c.h"

namespace filo::propagation {

Extraction Propagator::extract(const HeaderReader& headers, Scratch& scratch, Context& context) const {
  scratch.clear();
  context.baggage.clear();
  Identity& read = context;
  read.clear_identity();
  Identity best;
  Extraction result = Extraction::absent;
  for (const Format* format : extract_.all()) {
    const Extraction found = format->extract(headers, scratch, context);
    context.baggage.settle();
    if (found == Extraction::malformed && result == Extraction::absent) result = found;
    if (found != Extraction::taken) continue;
    if (result != Extraction::taken || (read.has_ids() && !best.has_ids())) best = read;
    result = found;
    read.clear_identity();
  }
  read = best;
  return result;
}

bool Propagator::inject(const Context& context, const Scratch& scratch, HeaderWriter& headers) const {
  bool all = true;
  for (const Format* format : inject_.all()) {
    Scratch left = scratch;  // what lies in it may be this context
    all = format->inject(context, left, headers) && all;
  }
  return all;
}

std::span<const Format* const> built_in_formats() {
  static constexpr W3cFormat w3c;
  static constexpr B3Format b3(B3Style::single);
  static constexpr B3Format b3_multi(B3Style::multi);
  static constexpr JaegerFormat jaeger(Carrier::http);
  static constexpr JaegerFormat jaeger_text_map(Carrier::text_map);
  static constexpr SkyWalkingFormat skywalking;
  static constexpr EagleEyeFormat eagleeye;
  static constexpr SofaHttpFormat sofa(Carrier::http);
  static constexpr SofaHttpFormat sofa_text_map(Carrier::text_map);
  static constexpr SofaContextFormat sofa_head("sofatracer-head", "sftc_head", Carrier::text_map);
  static constexpr SofaContextFormat sofa_rpc("sofatracer-rpc", "new_rpc_trace_context", Carrier::text_map);
  static constexpr SofaContextFormat sofa_dubbo("sofatracer-dubbo", "dubbo.rpc.sofa.tracer", Carrier::text_map);
  static constexpr SofaKeysFormat sofa_bolt("sofatracer-bolt", sofa_bolt_keys);
  static constexpr SofaKeysFormat sofa_triple("sofatracer-triple", sofa_triple_keys);
  static constexpr const Format* formats[] = {&w3c,        &b3,         &b3_multi,  &jaeger,        &jaeger_text_map,
                                              &skywalking, &eagleeye,   &sofa,      &sofa_text_map, &sofa_head,
                                              &sofa_rpc,   &sofa_dubbo, &sofa_bolt, &sofa_triple};
  return formats;
}

const Format* find_built_in_format(std::string_view name) {
  for (const Format* format : built_in_formats()) {
    if (format->name() == name) return format;
  }
  return nullptr;
}

}  // namespace filo::propagation
