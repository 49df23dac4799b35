#include "auth/preferences.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <set>

#include "base/json_text.h"

namespace auth {
namespace {

namespace json = boost::json;

// What is kept was checked when it was written.
Preferences preferences_from_json(std::string_view text) {
  const auto document = json::parse(text);
  Preferences preferences;
  for (const auto& pin : document.at("pins").as_array())
    preferences.pins.push_back(base::TaskId{pin.as_int64()});
  for (const auto& view : document.at("views").as_array()) {
    preferences.views.push_back(
        {std::string(view.at("name").as_string()), std::string(view.at("query").as_string())});
  }
  return preferences;
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char byte) { return byte < 0x20 || byte == 0x7f; });
}

class Faults {
 public:
  void add(std::string_view field, const std::string& why) {
    if (error_.fields.empty()) error_.message = std::string(field) + ' ' + why;
    error_.fields.push_back({{"body", std::string(field)}, why, std::nullopt});
  }
  template <class Item>
  void check_list(std::string_view field, const std::vector<Item>& items, std::size_t most) {
    if (items.size() > most) add(field, "has more than " + std::to_string(most) + " items");
  }
  base::Result<void> result() && {
    if (error_.fields.empty()) return {};
    return std::move(error_);
  }

 private:
  base::Error error_{base::ErrorKind::invalid, {}, {}};
};

base::Result<void> check_preferences(const Preferences& wanted) {
  Faults faults;
  faults.check_list("pins", wanted.pins, kMaxPins);
  faults.check_list("views", wanted.views, kMaxViews);
  std::set<base::TaskId> tasks;
  for (const auto pin : wanted.pins) {
    if (!tasks.insert(pin).second) faults.add("pins", "has '" + base::to_string(pin) + "' twice; keep one");
  }
  std::set<std::string_view> names;
  for (const auto& [name, query] : wanted.views) {
    if (name.empty() || name.size() > kMaxViewNameBytes || has_control(name)) {
      faults.add("name", "must be a text of 1 to " + std::to_string(kMaxViewNameBytes) +
                             " bytes without control characters");
    }
    if (!names.insert(name).second) faults.add("name", "has '" + name + "' twice; keep one");
    if (query.size() > kMaxViewQueryBytes)
      faults.add("query", "is longer than " + std::to_string(kMaxViewQueryBytes) + " bytes");
    // it is shown as an address of the list, and must not lead anywhere else
    if (!query.empty() && query.front() != '?') faults.add("query", "must begin with ?");
  }
  return std::move(faults).result();
}

}  // namespace

json::object to_json(const Preferences& preferences) {
  json::array pins, views;
  for (const auto pin : preferences.pins) pins.emplace_back(pin.value);
  for (const auto& [name, query] : preferences.views)
    views.push_back(json::object{{"name", name}, {"query", query}});
  return {{"pins", std::move(pins)}, {"views", std::move(views)}};
}

KeptPreferences PreferenceBook::of(base::UserId user) const {
  std::optional<store::Preferences> kept;
  store_.read([&](store::Reader& reader) { kept = reader.find_preferences(user); });
  if (!kept) return {};
  return {preferences_from_json(kept->document), kept->revision};
}

base::Result<std::int64_t> PreferenceBook::keep(base::UserId user, const Preferences& wanted,
                                                std::optional<std::int64_t> revision) {
  if (auto sound = check_preferences(wanted); !sound) return std::move(sound).error();
  store::Preferences next{.document = base::to_json_text(to_json(wanted))};
  auto written = store_.write([&](store::Transaction& transaction) -> base::Result<void> {
    if (!transaction.find_user(user))
      return base::make_error(base::ErrorKind::unauthenticated, "this account was deleted");
    const auto kept = transaction.find_preferences(user).value_or(store::Preferences{});
    if (revision && *revision != kept.revision) {
      return base::make_error(base::ErrorKind::precondition_failed,
                              std::string("this") + " has been changed since (it is at revision " +
                                  std::to_string(kept.revision) + ", you saw " + std::to_string(*revision) +
                                  "): read it again and repeat your change");
    }
    next.revision = kept.revision + 1;
    transaction.save_preferences(user, next);
    return {};
  });
  if (!written) return std::move(written).error();
  return next.revision;
}

}  // namespace auth
