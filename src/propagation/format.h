// Format: one way to write a Context into headers. A format of one's own is a class derived from it, given to a
// Propagator like those that come with Filo.
//
// The contract of every format: any bytes may come in, none are fatal; nothing is allocated, thrown or remembered; the
// cost is bounded by the size of the headers that it knows. Formats have no state that changes and may be shared by
// threads.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "propagation/context.h"
#include "propagation/scratch.h"
#include "propagation/text.h"

namespace filo::propagation {

// A reference to a function (name, value). It does not own it: only for the length of a call.
class HeaderVisitor {
 public:
  template <typename Visit>
  requires(!std::same_as<std::remove_cvref_t<Visit>, HeaderVisitor>) HeaderVisitor(Visit&& visit)
      : target_(const_cast<void*>(static_cast<const void*>(&visit))),
        call_([](void* target, std::string_view name, std::string_view value) {
          (*static_cast<std::remove_reference_t<Visit>*>(target))(name, value);
        }) {}

  void operator()(std::string_view name, std::string_view value) const { call_(target_, name, value); }

 private:
  void* target_;
  void (*call_)(void*, std::string_view, std::string_view);
};

// Headers that came. The views given out live as long as the contexts that are read from them.
class HeaderReader {
 public:
  // Every header in the order of arrival, one that came twice twice.
  virtual void for_each(HeaderVisitor visit) const = 0;

  // The first of that name, whatever its case; null data when there is none.
  std::string_view find(std::string_view wanted) const {
    std::string_view found;
    for_each([&](std::string_view name, std::string_view value) {
      if (found.data() == nullptr && is_name(name, wanted)) found = value.data() == nullptr ? "" : value;
    });
    return found;
  }

 protected:
  ~HeaderReader() = default;
};

struct Header {
  std::string_view name;
  std::string_view value;
};

class HeaderList final : public HeaderReader {
 public:
  explicit HeaderList(std::span<const Header> headers) : headers_(headers) {}
  void for_each(HeaderVisitor visit) const override {
    for (const Header& header : headers_) visit(header.name, header.value);
  }

 private:
  std::span<const Header> headers_;
};

// Headers that leave. The views live only for the call. Names come as their systems spell them; a carrier that knows
// lower case alone (HTTP/2, gRPC) lowers them.
class HeaderWriter {
 public:
  virtual void set(std::string_view name, std::string_view value) = 0;

 protected:
  ~HeaderWriter() = default;
};

enum class Extraction : std::uint8_t {
  absent,     // no header of this format says who calls
  taken,      // the identity is set: with ids, or with a decision alone
  malformed,  // there is one, and by its own rules it does not count
};

// The result of a header that turned out wrong while the identity was being filled in.
inline Extraction malformed(Identity& identity) {
  identity.clear_identity();
  return Extraction::malformed;
}

// How values stand in a carrier: percent-encoded in HTTP headers, bare in the attachments of RPC and messages.
enum class Carrier : std::uint8_t { http, text_map };

class Format {
 public:
  virtual std::string_view name() const = 0;
  // What inject may write; a name that ends in '-' begins the names of many.
  virtual std::span<const std::string_view> header_names() const = 0;
  // REQUIRES: the context has no identity yet; it stays so unless one is taken. Baggage is added in any case.
  virtual Extraction extract(const HeaderReader& headers, Scratch& scratch, Context& context) const = 0;
  // False when something that the format has a place for was left out: too long, too many, not to be spelled in it.
  virtual bool inject(const Context& context, Scratch& scratch, HeaderWriter& headers) const = 0;

 protected:
  ~Format() = default;
};

}  // namespace filo::propagation
