// The page's files, built into the binary. web_assets (cmake/WebAssets.cmake) generates the implementation.
#pragma once
#include <string_view>

namespace http {

// One file. All views point into read-only data that lives as long as the program; its pages are read from
// disk only when they are served.
struct Asset {
  std::string_view path;          // "/assets/index-Bx3k.js"
  std::string_view content_type;  // with charset where it is text
  std::string_view etag;      // quoted, of the identity form; append the coding before the quote for others
  std::string_view identity;  // always there
  std::string_view gzip;      // empty where it would not be smaller
  std::string_view brotli;    // empty where it would not be smaller
  bool immutable = false;     // the name carries a hash: may be cached for ever
};

// The file for a request path (no query), or nullptr. "/login", "/register", "/ui" and all below "/ui/" give
// the page itself, whose router does the rest; "/docs" gives the API page. Never for methods but GET and
// HEAD.
const Asset* find_asset(std::string_view path);

}  // namespace http
