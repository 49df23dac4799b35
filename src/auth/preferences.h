// What a user keeps for himself, wherever he logs in: the tasks that stand first in his list, and searches by
// name. It concerns nobody else, so the audit does not tell of it.
#pragma once
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "rights/actor.h"
#include "store/store.h"

namespace auth {

inline constexpr std::size_t kMaxPins = 20;
inline constexpr std::size_t kMaxViews = 30;
inline constexpr std::size_t kMaxViewNameBytes = 200;
inline constexpr std::size_t kMaxViewQueryBytes = 2000;

struct SavedView {
  std::string name;
  std::string query;  // of the list's address: empty, or "?status=FAILED"
};

struct Preferences {
  std::vector<base::TaskId> pins;  // newest first; a task may be gone
  std::vector<SavedView> views;
};

struct KeptPreferences {
  Preferences value;
  std::int64_t revision = 0;  // 0: nothing was kept yet
};

class PreferenceBook {
 public:
  explicit PreferenceBook(store::Store& store) : store_(store) {}

  KeptPreferences of(base::UserId user) const;
  // Puts them in the place of the user's own, and gives the new revision. Errors: invalid, with each field;
  // precondition_failed where `revision` is given and another is kept; unauthenticated where the user is
  // gone.
  base::Result<std::int64_t> keep(base::UserId user, const Preferences& wanted,
                                  std::optional<std::int64_t> revision);

 private:
  store::Store& store_;
};

boost::json::object to_json(const Preferences& preferences);

}  // namespace auth
