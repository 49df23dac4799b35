// The one form of a path that is matched: what is not canonical is no route's.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace http {

struct Target {
  std::string path;            // decoded: "/tasks/7"
  std::string_view query;      // still encoded, without '?'
  std::string_view authority;  // of an absolute target ("http://host/x"), else empty
};

// Parts a request's target. nullopt when the path is not canonical: it does not begin with a slash, ends with
// one (but "/" itself), has empty, "." or ".." segments, a backslash, a control character, an encoded slash,
// a percent sign that encodes what needs no encoding, bytes that are no UTF-8, or a fragment.
std::optional<Target> split_target(std::string_view target);

}  // namespace http
