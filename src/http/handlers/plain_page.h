// The frame of the pages that do without JavaScript, and the words in it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "http/handlers/plain_words.h"
#include "http/html.h"
#include "http/request.h"
#include "http/response.h"

namespace http {

// A whole page: its title as a heading, then the body; who is logged in, the way to the tasks and log-out
// above.
Response plain_page(int status, const Request& request, std::string_view title, const Html& body);

// What was done, or why not: a paragraph a line, and the way back.
Response result_page(int status, const Request& request, std::string_view title,
                     const std::vector<std::string>& lines, std::string_view back);
Response refused_page(const Request& request, const base::Error& error, std::string_view back);

// In place of a problem for a browser: the log-in form where somebody must log in, else what went wrong and
// the way back to the tasks.
std::string plain_refusal(const Request& request, const Response& problem);

// "Time zone: why not", as the reader may read it.
std::string place_words(Language language, const base::FieldError& error);

// The log-in form; after a refusal again, with the reason and the name that was typed.
Html log_in_form(Language language, std::string_view user_name = "", const base::Error* refusal = nullptr);

// "<label>Name <input name="name" value="..."></label>" in a paragraph; the remark is said of the field.
Html input_field(std::string_view label, std::string_view name, std::string_view value, Markup more = "",
                 std::string_view remark = "");

// The parts of that for other kinds of fields: the attributes that tie a remark to its field, and the remark.
Html remark_attributes(std::string_view name, std::string_view remark);
Html remark_paragraph(std::string_view name, std::string_view remark);

}  // namespace http
