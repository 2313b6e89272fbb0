// SOFATracer: over HTTP the headers of B3 with RPC ids ("0.1.2") for span ids, and in RPC and messages either one
// serialized context under one key or a handful of keys.
#pragma once

#include "propagation/format.h"

namespace filo::propagation {

// `X-B3-*`, `baggage-*`, `baggage-sys-*`. Genuine B3 reads as this too: ask for B3 first where both may come.
class SofaHttpFormat final : public Format {
 public:
  explicit constexpr SofaHttpFormat(Carrier carrier) : carrier_(carrier) {}

  std::string_view name() const override { return carrier_ == Carrier::http ? "sofatracer" : "sofatracer-text-map"; }
  std::span<const std::string_view> header_names() const override;
  Extraction extract(const HeaderReader& headers, Scratch& scratch, Context& context) const override;
  bool inject(const Context& context, Scratch& scratch, HeaderWriter& headers) const override;

 private:
  Carrier carrier_;
};

// tcid=…&spid=…&pspid=…&sample=…&_sys_k=v&k=v& under one key: `sftc_head` in text maps and HTTP,
// `new_rpc_trace_context` in SOFARPC, `dubbo.rpc.sofa.tracer` in Dubbo.
class SofaContextFormat final : public Format {
 public:
  // Both texts outlive the format.
  constexpr SofaContextFormat(std::string_view name, std::string_view key, Carrier carrier)
      : name_(name), key_(key), carrier_(carrier) {}

  std::string_view name() const override { return name_; }
  std::span<const std::string_view> header_names() const override { return {&key_, 1}; }
  Extraction extract(const HeaderReader& headers, Scratch& scratch, Context& context) const override;
  bool inject(const Context& context, Scratch& scratch, HeaderWriter& headers) const override;

 private:
  std::string_view name_;
  std::string_view key_;
  Carrier carrier_;
};

// The keys of one RPC protocol.
struct SofaKeys {
  std::string_view trace_id, rpc_id, sampled, user_baggage, system_baggage, caller;
};
inline constexpr SofaKeys sofa_bolt_keys{"sofaTraceId",  "sofaRpcId",   "samp",
                                         "sofaPenAttrs", "sysPenAttrs", "sofaCallerApp"};
inline constexpr SofaKeys sofa_triple_keys{"tri-trace-traceid",     "tri-trace-rpcid",       "tri-trace-samp",
                                           "tri-trace-biz-baggage", "tri-trace-sys-baggage", "tri-trace-current-app"};

class SofaKeysFormat final : public Format {
 public:
  constexpr SofaKeysFormat(std::string_view name, const SofaKeys& keys)
      : name_(name), names_{keys.trace_id,     keys.rpc_id,         keys.sampled,
                            keys.user_baggage, keys.system_baggage, keys.caller} {}

  std::string_view name() const override { return name_; }
  std::span<const std::string_view> header_names() const override { return names_; }
  Extraction extract(const HeaderReader& headers, Scratch& scratch, Context& context) const override;
  bool inject(const Context& context, Scratch& scratch, HeaderWriter& headers) const override;

 private:
  SofaKeys keys() const { return {names_[0], names_[1], names_[2], names_[3], names_[4], names_[5]}; }

  std::string_view name_;
  std::string_view names_[6];
};

}  // namespace filo::propagation
