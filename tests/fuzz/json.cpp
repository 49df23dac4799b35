#include <boost/json/serialize.hpp>

#include "http/json_body.h"
#include "invariants.h"
#include "task/definition_json.h"

namespace fuzz {

void check_json(Bytes bytes) {
  const auto text = text_of(bytes);
  const auto value = http::parse_json(text);
  if (!value) {
    require(value.error().kind == base::ErrorKind::malformed && !value.error().message.empty(),
            "what can't be read is malformed, in words", text);
    return;
  }
  const auto printed = boost::json::serialize(*value);
  require(http::parse_json(printed).has_value(), "what is printed can be read", text);
  if (!value->is_object()) return;
  const auto definition = task::read_definition(value->get_object(), {});
  if (!definition) {
    require(!definition.error().fields.empty(), "a wrong definition has a wrong field", text);
    return;
  }
  const auto again = task::read_definition(task::to_json(*definition), {});
  require(again && *again == *definition, "a definition reads back as it prints", text);
  require(task::from_compact_json(task::to_compact_json(*definition)) == *definition,
          "a definition reads back as it is kept", text);
}

}  // namespace fuzz
