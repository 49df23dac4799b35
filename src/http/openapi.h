// The OpenAPI 3.1 description, made from the table of routes itself.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "http/route.h"

namespace http {

std::string to_openapi(const Router& router, std::string_view version);

// What the description of the routes lacks: a summary, a tag, an answer, or a schema that nobody has named.
// Empty when all is described; a test holds it so.
std::vector<std::string> documentation_gaps(const Router& router);

// Adds the schemas that every router needs: Problem.
void add_common_schemas(Router& router);

}  // namespace http
