// An execution as the API shows it.
#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "store/records.h"
#include "task/execution.h"

namespace service {

boost::json::object to_json(const task::Execution& execution);
boost::json::object to_json(const task::Attempt& attempt);

// The same text, with every byte that is no UTF-8 replaced by U+FFFD: what JSON can carry.
std::string to_utf8(const std::string& bytes);
// Length of the well-formed sequence at the beginning of the bytes, which are not empty; 0 where there is
// none.
std::size_t utf8_length(std::string_view bytes);
// How many bytes at the end begin a letter that is not whole yet.
std::size_t begun_letter(std::string_view bytes);

}  // namespace service
