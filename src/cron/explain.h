// A schedule in plain words, for people.
#pragma once
#include <string>

#include "cron/schedule.h"

namespace cron {

enum class Language { en, zh };

// One short sentence without a full stop, such as "At 09:00, Monday to Friday" or "每个工作日 09:00".
// Names the zone unless it is UTC, and says so when no date ever matches.
std::string explain(const Schedule& schedule, Language language);

}  // namespace cron
