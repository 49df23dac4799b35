#include "engine/timekeeper.h"

#include <sstream>

#include "base/log.h"
#include "cron/zone.h"

namespace engine {
namespace {

constexpr std::size_t kMovedAtOnce = 200;        // tasks of one transaction: fires wait for no more
constexpr base::Milliseconds kMoveAgain{1'000};  // after the database failed
constexpr std::string_view kRepeatedSetting = "clock_set_back";  // "UNTIL_MS PASS NEWEST_EXECUTION"
constexpr std::string_view kZonesSetting = "zone_data";

ExecutionId newest_execution(store::Reader& reader) {
  const auto newest = reader.list_executions({.limit = 1}).items;
  return newest.empty() ? ExecutionId{} : newest.front().id;
}

std::string to_setting(const task::RepeatedTime& repeated, ExecutionId newest) {
  return std::to_string(base::to_unix_ms(repeated.until)) + ' ' + std::to_string(repeated.pass) + ' ' +
         base::to_string(newest);
}

struct KeptSetBack {
  task::RepeatedTime repeated;
  ExecutionId newest;  // when the clock was set back: it and those before it were booked by the old clock
};

std::optional<KeptSetBack> read_set_back(store::Reader& reader) {
  std::istringstream text(reader.find_setting(kRepeatedSetting).value_or(std::string()));
  std::int64_t until = 0;
  int pass = 0;
  std::int64_t newest = 0;
  if (!(text >> until >> pass >> newest)) return std::nullopt;
  return KeptSetBack{.repeated = {.until = base::from_unix_ms(until), .pass = pass},
                     .newest = ExecutionId{newest}};
}

}  // namespace

void Timekeeper::begin() {
  const auto now = parts_.clock.now();
  past_.began_at = latest_seen_ = now;
  ExecutionId booked_before;
  parts_.store.read([&](store::Reader& reader) {
    if (const auto kept = read_set_back(reader)) {
      past_.repeated = kept->repeated;
      passes_ = kept->repeated.pass;
      if (now < kept->repeated.until) booked_before = kept->newest;
    }
    zones_ = reader.find_setting(kZonesSetting).value_or(std::string());
  });
  const auto evidence = latest_evidence(booked_before);
  if (now + task::kClockTolerance < evidence)
    set_back(evidence, now);
  else if (past_.repeated && now < past_.repeated->until)
    set_cursors_back();  // a kill may have come before the last of them
  look_at_zones();
}

// The latest instant that the database proves the clock to have shown. In repeated time only what was booked
// in it counts, the executions after `booked_before`: without any, nothing can be fired twice.
Instant Timekeeper::latest_evidence(ExecutionId booked_before) {
  Instant latest{};
  const auto note = [&](const std::optional<Instant>& at) {
    if (at && *at > latest) latest = *at;
  };
  const bool in_repeated_time = past_.repeated && parts_.clock.now() < past_.repeated->until;
  parts_.store.read([&](store::Reader& reader) {
    for (const auto& execution : reader.list_executions({.limit = 1}).items) {
      if (execution.id <= booked_before) continue;
      note(execution.created_at);
      note(execution.finished_at);
    }
    const auto folded_at = reader.find_setting(kFoldedAtSetting).value_or(std::string());
    if (const auto at = base::parse_decimal(folded_at)) note(base::from_unix_ms(*at));
    if (in_repeated_time) return;
    const auto changed = reader.list_tasks(
        {.search = {}, .sort = store::TaskSort::updated_at, .descending = true, .page_size = 1});
    for (const auto& task : changed.items) note(task.updated_at);
  });
  return latest;
}

void Timekeeper::look(Instant now) {
  if (now + task::kClockTolerance < latest_seen_)
    set_back(latest_seen_, now);
  else
    latest_seen_ = std::max(latest_seen_, now);
}

void Timekeeper::set_back(Instant from, Instant now) {
  const auto by = from - now;
  base::log::warning(
      "engine.clock_set_back",
      {{"from", base::to_iso(from)}, {"to", base::to_iso(now)}, {"seconds", by.count() / 1000}});
  latest_seen_ = now;
  past_.began_at = std::min(past_.began_at, now);
  passes_ = passes_ % task::kMaxPass + 1;
  const auto until = past_.repeated ? std::max(past_.repeated->until, from) : from;
  past_.repeated = task::RepeatedTime{.until = until, .pass = passes_};
  parts_.timers.bring_forward(by);
  // as it is now, however often this must be tried
  const auto newest = std::make_shared<std::optional<ExecutionId>>();
  parts_.dispatcher.book_surely([this, by, now, newest, repeated = *past_.repeated](
                                    store::Transaction& tx, Slots&, Plan&) -> base::Result<void> {
    if (!*newest) *newest = newest_execution(tx);
    tx.set_setting(kRepeatedSetting, to_setting(repeated, **newest));
    tx.set_setting(kFoldedAtSetting, std::to_string(base::to_unix_ms(now)));
    parts_.ledger.bring_retries_forward(tx, by);
    return {};
  });
  set_cursors_back();
}

void Timekeeper::set_cursors_back() {
  for_each_task([this](store::Transaction& tx, TaskId id, Instant now,
                       Plan& plan) { parts_.ledger.set_back(tx, id, now, plan); },
                [this] { set_ended_back({}); });
}

void Timekeeper::set_ended_back(TaskId after) {
  const auto last = std::make_shared<TaskId>();
  parts_.dispatcher.book(
      0,
      [this, after, last](store::Transaction& tx, Slots&, Plan& plan) -> base::Result<void> {
        const auto now = parts_.clock.now();
        const auto ids = tx.tasks_without_fire(after, kMovedAtOnce);
        for (const auto id : ids) parts_.ledger.set_back(tx, id, now, plan);
        *last = ids.size() == kMovedAtOnce ? ids.back() : TaskId{};
        return {};
      },
      [this, after, last](const base::Result<void>& kept) {
        if (!kept)
          parts_.timers.add(parts_.clock.now() + kMoveAgain, [this, after] { set_ended_back(after); });
        else if (*last)
          set_ended_back(*last);
      });
}

void Timekeeper::look_at_zones() {
  if (!parts_.watches_zones) return;
  parts_.timers.add(parts_.clock.now() + kZonesLook, [this] { look_at_zones(); });
  const auto current = parts_.options.default_timezone + ' ' + cron::zone_data_version();
  if (current == zones_) return;
  const bool known = !zones_.empty();
  zones_ = current;
  if (known) {
    base::log::info("engine.zones_changed", {});
    cron::forget_zones();
    parts_.schedules.forget();
  }
  follow_zones();
}

void Timekeeper::follow_zones() {
  for_each_task(
      [this, repeated = past_.repeated](store::Transaction& tx, TaskId id, Instant now, Plan& plan) {
        parts_.ledger.follow_zone(tx, id, now, repeated, plan);
      },
      [this, zones = zones_] {
        parts_.dispatcher.book_surely([zones](store::Transaction& tx, Slots&, Plan&) -> base::Result<void> {
          tx.set_setting(kZonesSetting, zones);
          return {};
        });
      });
}

void Timekeeper::for_each_task(const Move& move, std::function<void()> then) {
  auto ids = std::make_shared<std::vector<TaskId>>();
  parts_.store.read(
      [&](store::Reader& reader) { reader.for_each_due([&](TaskId id, Instant) { ids->push_back(id); }); });
  // each batch asks for the next one when it is kept, so that fires are booked in between
  auto next = std::make_shared<std::function<void(std::size_t)>>();
  *next = [this, ids, move, then = std::move(then), weak = std::weak_ptr(next)](std::size_t from) {
    if (from >= ids->size()) return then();
    const auto to = std::min(from + kMovedAtOnce, ids->size());
    parts_.dispatcher.book(
        0,
        [this, ids, move, from, to](store::Transaction& tx, Slots&, Plan& plan) -> base::Result<void> {
          const auto now = parts_.clock.now();
          for (auto i = from; i < to; ++i) move(tx, (*ids)[i], now, plan);
          return {};
        },
        [this, from, to, self = weak.lock()](const base::Result<void>& kept) {
          if (kept)
            (*self)(to);
          else
            parts_.timers.add(parts_.clock.now() + kMoveAgain, [self, from] { (*self)(from); });
        });
  };
  (*next)(0);
}

}  // namespace engine
