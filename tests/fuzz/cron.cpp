
#include <array>
#include <string>
#include <string_view>

#include "cron/explain.h"
#include "cron/schedule.h"
#include "cron/zone.h"
#include "invariants.h"

namespace fuzz {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::size_t kHead = 6;
constexpr std::size_t kSteps = 20;  // fires looked at one after another

constexpr std::array kZones{"UTC",
                            "America/New_York",
                            "Australia/Lord_Howe",
                            "Pacific/Apia",
                            "Asia/Kolkata",
                            "Africa/Casablanca",
                            "Europe/Dublin",
                            "America/Sao_Paulo",
                            "Antarctica/Troll",
                            "Africa/Monrovia",
                            "Nowhere/At_All",
                            "../UTC"};
constexpr std::array kSeeds{"", "backup", "nightly report", "\xff\xfe"};

void check_error(const cron::ParseError& error, std::string_view text, bool known_zone) {
  require(!error.field.empty() && !error.message.empty(), "an error has a field and a message", text);
  if (error.field == "timezone" && !known_zone) return;  // the piece may be the separate zone
  require(error.position <= text.size(), "the position lies within the text", text);
  // an item that is missing is told by the whole field, at the place where it is missing
  const bool is_there = text.substr(error.position, error.text.size()) == error.text;
  require(is_there || text.find(error.text) != std::string_view::npos, "the piece is a piece of the text",
          text);
}

void check_walk(const cron::Schedule& schedule, sys_seconds from, std::string_view text) {
  sys_seconds at = from;
  for (std::size_t step = 1; step <= kSteps; ++step) {
    const auto fire = schedule.next(at);
    if (!fire) return;
    require(*fire > at, "next lies after", text);
    require(schedule.count(from, *fire) == step, "count counts what next finds", text);
    const auto back = schedule.previous(*fire);
    if (schedule.is_every()) {
      require(back == at, "@every counts back to where it came from", text);
    } else {
      require(step == 1 ? !back || *back <= at : back == at, "previous finds the fire before", text);
      const seconds offset = schedule.zone().offset_at(*fire);
      const auto wall = (*fire + offset).time_since_epoch().count();
      require(wall >= cron::kLocalBegin && wall < cron::kLocalEnd, "a fire lies in 1970 to 2099", text);
    }
    at = *fire;
  }
}

}  // namespace

void check_cron(Bytes bytes) {
  if (bytes.size() < kHead) return;
  const char* zone = kZones.at(bytes[0] % kZones.size());
  const char* seed = kSeeds.at(bytes[1] % kSeeds.size());
  const std::uint32_t instant =
      static_cast<std::uint32_t>(bytes[2]) | static_cast<std::uint32_t>(bytes[3]) << 8 |
      static_cast<std::uint32_t>(bytes[4]) << 16 | static_cast<std::uint32_t>(bytes[5]) << 24;
  // a copy, so that reading beyond its end is seen
  const std::string text(bytes.begin() + kHead, bytes.end());

  const auto parsed = cron::Schedule::parse(text, zone, seed);
  if (!parsed) return check_error(parsed.error(), text, cron::find_zone(zone) != nullptr);
  const cron::Schedule& schedule = *parsed;

  const std::string printed = schedule.print();
  const auto again = cron::Schedule::parse(printed);
  require(again && *again == schedule, "what is printed parses to an equal schedule", text);
  require(again->print() == printed, "printing is canonical", text);
  for (const auto language : {cron::Language::en, cron::Language::zh}) {
    require(!cron::explain(schedule, language).empty(), "there are words for every schedule", text);
  }
  check_walk(schedule, sys_seconds{seconds{instant}}, text);
  for (const auto extreme : {sys_seconds::min(), sys_seconds::max()}) {
    static_cast<void>(schedule.next(extreme));
    static_cast<void>(schedule.previous(extreme));
    static_cast<void>(schedule.count(sys_seconds::min(), extreme));
  }
}

}  // namespace fuzz
