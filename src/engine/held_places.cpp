#include "engine/held_places.h"

#include <sstream>

namespace engine {

namespace {
constexpr std::string_view kHeldPlaces = "places_of_deleted";  // of each "EXECUTION ATTEMPT BYTES POOL "
}

HeldPlaces read_held_places(store::Reader& reader) {
  HeldPlaces places;
  std::istringstream text(reader.find_setting(kHeldPlaces).value_or(std::string()));
  runner::AttemptKey key;
  std::size_t bytes = 0;
  while (text >> key.execution.value >> key.attempt >> bytes && text.ignore()) {
    std::string pool(bytes, '\0');
    if (text.read(pool.data(), static_cast<std::streamsize>(bytes))) places[key] = std::move(pool);
  }
  return places;
}

void write_held_places(store::Transaction& tx, const HeldPlaces& places) {
  std::string text;
  for (const auto& [key, pool] : places)
    text += base::to_string(key.execution) + ' ' + std::to_string(key.attempt) + ' ' +
            std::to_string(pool.size()) + ' ' + pool + ' ';
  tx.set_setting(kHeldPlaces, text);
}

}  // namespace engine
