// The frame of the pages that do without JavaScript, and the words in it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "http/html.h"
#include "http/request.h"
#include "http/response.h"

namespace http {

struct Words {
  std::string_view english, chinese;
  std::string_view in(Language language) const { return language == Language::chinese ? chinese : english; }
};

// A whole page: its title as a heading, then the body; who is logged in, the way to the tasks and log-out
// above.
Response plain_page(int status, const Request& request, std::string_view title, const Html& body);

// What was done, or why not: a paragraph a line, and the way back.
Response result_page(int status, const Request& request, std::string_view title,
                     const std::vector<std::string>& lines, std::string_view back);
Response refused_page(const Request& request, const base::Error& error, std::string_view back);

// In place of a problem for a browser that may not see a page: the log-in form, or that the role is too low.
std::string plain_refusal(const Request& request, int status);

// The log-in form.
Html log_in_form(Language language);

// "<label>Name <input name="name" value="..."></label>" in a paragraph.
Html input_field(std::string_view label, std::string_view name, std::string_view value, Markup more = "");

}  // namespace http
