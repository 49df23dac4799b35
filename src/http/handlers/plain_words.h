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

// A refusal as the reader may read it. Only those that these pages meet of themselves are known in Chinese:
// the whole table is the page's, and what else the server says (of a cron expression, say) stays English.
std::string refusal_words(Language language, std::string_view message);

}  // namespace http
