// The words of the pages without JavaScript that others than one page need.
#pragma once
#include <string>
#include <string_view>

#include "http/request.h"

namespace http {

struct Words {
  std::string_view english, chinese;
  std::string_view in(Language language) const { return language == Language::chinese ? chinese : english; }
};

// A field of a definition or of a form ("timeout_s") as people call it; its own name where it has no other.
std::string_view field_words(Language language, std::string_view field);

// "Time zone: why not".
std::string about(Language language, std::string_view what, std::string_view words);

}  // namespace http
