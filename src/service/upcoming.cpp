// What will fire: a list of the soonest, and counts of all of it.
#include <algorithm>
#include <map>
#include <queue>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "service/ledger_view.h"
#include "task/cursor.h"

namespace service {
namespace {

namespace json = boost::json;
using base::Instant;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::seconds;

constexpr std::size_t kCollisions = 50;       // the most crowded seconds that are told
constexpr std::size_t kNamesOfCollision = 8;  // tasks of each; the rest is a number

// Schedules by their text, so that what many tasks share is parsed, printed and compared once.
class Schedules {
 public:
  struct Known {
    std::shared_ptr<const cron::Schedule> schedule;  // nullptr where the text is wrong
    std::size_t number = 0;                          // the same for all texts of the same schedule
  };

  explicit Schedules(std::string_view default_timezone) : default_timezone_(default_timezone) {}

  const Known& of(const task::TaskDefinition& definition) {
    auto text = definition.timezone + '\n' + definition.cron;
    // H stands for what the name gives
    if (definition.cron.find_first_of("Hh") != std::string::npos) text += '\n' + definition.name;
    const auto [at, is_new] = by_text_.try_emplace(std::move(text));
    if (is_new) {
      at->second.schedule = task::schedule_of(definition, default_timezone_);
      if (at->second.schedule) at->second.number = number_of(*at->second.schedule);
    }
    return at->second;
  }

 private:
  std::size_t number_of(const cron::Schedule& schedule) {
    auto canonical = schedule.print() + '\n' + schedule.timezone();
    return numbers_.try_emplace(std::move(canonical), numbers_.size()).first->second;
  }

  std::string_view default_timezone_;
  std::unordered_map<std::string, Known> by_text_;
  std::unordered_map<std::string, std::size_t> numbers_;
};

struct Planned {
  const task::Task* task;
  const cron::Schedule* schedule;
  std::size_t number;  // of the schedule
  Instant first;       // fire within the window
};

// The task's first fire that is not before `from`; by `now` one whose time has come may wait out its jitter.
std::optional<Instant> first_fire_from(const task::Task& task, const cron::Schedule& schedule, Instant from,
                                       Instant now) {
  auto cursor = *task.next_run_at;
  const bool waits = from <= now && task.next_due_at && *task.next_due_at > now;
  if (cursor >= from || waits) return cursor;
  if (!schedule.is_every())
    return task::cursor_after(task.definition, schedule, from - base::Milliseconds{1}).next_run_at;
  // it counts from its last fire, so that only whole steps lead on from there
  const auto second = std::chrono::floor<std::chrono::seconds>(cursor);
  const auto next = schedule.next(second);
  if (!next) return std::nullopt;
  const base::Milliseconds step = *next - second;
  cursor += (from - cursor + step - base::Milliseconds{1}) / step * step;
  if (task.definition.ends_at && cursor > *task.definition.ends_at) return std::nullopt;
  return cursor;
}

// Tasks whose fires are all the same: one of them is walked through, and counts for all.
struct Group {
  const Planned* model;
  std::vector<const task::Task*> tasks;
};

std::vector<Group> grouped(const std::vector<Planned>& planned) {
  using Key = std::tuple<std::size_t, Instant, std::optional<Instant>>;
  std::vector<Group> groups;
  std::map<Key, std::size_t> known;
  for (const auto& one : planned) {
    const Key key{one.number, one.first, one.task->definition.ends_at};
    const auto [at, is_new] = known.try_emplace(key, groups.size());
    if (is_new) groups.push_back({&one, {}});
    groups[at->second].tasks.push_back(one.task);
  }
  return groups;
}

struct Fire {
  std::int64_t second;
  std::uint32_t group;
};

// Of its tasks the first by their names, however the fires came.
json::object collision_of(std::int64_t second, std::vector<const task::Task*> tasks) {
  const auto most = std::min(tasks.size(), kNamesOfCollision);
  std::ranges::partial_sort(
      tasks, tasks.begin() + static_cast<std::ptrdiff_t>(most), [](const auto* a, const auto* b) {
        return std::tie(a->definition.name, a->id) < std::tie(b->definition.name, b->id);
      });
  json::array names, told;
  for (std::size_t i = 0; i < most; ++i) {
    const auto& name = tasks[i]->definition.name;
    names.emplace_back(name);
    told.push_back(json::object{{"task_id", tasks[i]->id.value}, {"task_name", name}});
  }
  return {{"at", base::to_iso(std::chrono::sys_seconds{seconds{second}})},
          {"count", tasks.size()},
          {"names", std::move(names)},
          {"tasks", std::move(told)}};
}

json::array collisions_of(std::vector<Fire>& fires, const std::vector<Group>& groups) {
  struct Crowd {
    std::int64_t second;
    std::size_t begin, end, tasks;
  };
  std::sort(fires.begin(), fires.end(), [](const Fire& a, const Fire& b) { return a.second < b.second; });
  std::vector<Crowd> crowds;
  for (std::size_t begin = 0; begin < fires.size();) {
    auto end = begin;
    std::size_t tasks = 0;
    for (; end < fires.size() && fires[end].second == fires[begin].second; ++end)
      tasks += groups[fires[end].group].tasks.size();
    if (tasks > 1) crowds.push_back({fires[begin].second, begin, end, tasks});
    begin = end;
  }
  const auto most = std::min(crowds.size(), kCollisions);
  std::partial_sort(crowds.begin(), crowds.begin() + static_cast<std::ptrdiff_t>(most), crowds.end(),
                    [](const Crowd& a, const Crowd& b) {
                      return std::tie(b.tasks, a.second) < std::tie(a.tasks, b.second);
                    });
  json::array items;
  for (std::size_t i = 0; i < most; ++i) {
    std::vector<const task::Task*> tasks;
    for (auto at = crowds[i].begin; at < crowds[i].end; ++at) {
      const auto& group = groups[fires[at].group].tasks;
      tasks.insert(tasks.end(), group.begin(), group.end());
    }
    items.push_back(collision_of(crowds[i].second, std::move(tasks)));
  }
  return items;
}

// How many fires each hour has, and which seconds have several. False in `complete` where it was too much.
json::object counts_of(const std::vector<Planned>& planned, Instant to, bool complete) {
  const auto groups = grouped(planned);
  std::map<Instant, std::int64_t> by_hour;
  std::vector<Fire> fires;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < groups.size() && complete; ++i) {
    const auto& [model, tasks] = groups[i];
    std::optional<Instant> at = model->first;
    while (at && *at < to) {
      if (fires.size() >= LedgerView::kMaxCounted) {
        complete = false;
        break;
      }
      const auto second = floor<seconds>(*at);
      fires.push_back({second.time_since_epoch().count(), static_cast<std::uint32_t>(i)});
      by_hour[floor<hours>(second)] += static_cast<std::int64_t>(tasks.size());
      total += static_cast<std::int64_t>(tasks.size());
      at = task::cursor_after(model->task->definition, *model->schedule, *at).next_run_at;
    }
  }
  json::array hours_json;
  for (const auto& [hour, count] : by_hour)
    hours_json.push_back(json::object{{"hour", base::to_iso(hour)}, {"count", count}});
  return {{"by_hour", std::move(hours_json)},
          {"collisions", collisions_of(fires, groups)},
          {"total", total},
          {"complete", complete}};
}

// The soonest of them all, in order; `more` where there would be others.
json::array soonest_of(const std::vector<Planned>& planned, Instant to, std::size_t limit, bool& more) {
  struct Next {
    Instant at;
    std::size_t which;
    bool operator>(const Next& other) const { return std::tie(at, which) > std::tie(other.at, other.which); }
  };
  std::priority_queue<Next, std::vector<Next>, std::greater<>> queue;
  for (std::size_t i = 0; i < planned.size(); ++i) queue.push({planned[i].first, i});
  json::array items;
  while (!queue.empty() && items.size() < limit) {
    const auto next = queue.top();
    queue.pop();
    const auto& [task, schedule, number, first] = planned[next.which];
    items.push_back(json::object{{"task_id", task->id.value},
                                 {"task_name", task->definition.name},
                                 {"scheduled_at", base::to_iso(next.at)},
                                 {"due_at", base::to_iso(next.at + task::jitter_of(task->definition))}});
    const auto after = task::cursor_after(task->definition, *schedule, next.at).next_run_at;
    if (after && *after < to) queue.push({*after, next.which});
  }
  more = !queue.empty();
  return items;
}

struct Band {
  Instant from, to;
  std::optional<std::int64_t> count;         // unknown where it was too much to count
  std::optional<base::Milliseconds> step{};  // the same between all of its fires

  void add(Instant at) {
    const auto gap = at - to;
    step = *count == 1 || step == gap ? std::optional{gap} : std::nullopt;
    to = at;
    ++*count;
  }
};

// The last fire that is no further away than `gap` from that one, without a look at those between.
Instant leap(const Planned& planned, Instant at, Instant end, base::Milliseconds gap) {
  const auto& ends_at = planned.task->definition.ends_at;
  if (ends_at) end = std::min(end, *ends_at + base::Milliseconds{1});
  if (planned.schedule->is_every()) {
    const auto second = floor<seconds>(at);
    const auto next = planned.schedule->next(second);
    if (!next) return at;
    const base::Milliseconds step = *next - second;
    return step > gap || at >= end ? at : at + (end - at - base::Milliseconds{1}) / step * step;
  }
  const auto until = std::min(end - base::Milliseconds{1}, at + gap);
  const auto last = planned.schedule->previous(floor<seconds>(until) + seconds{1});
  return last && *last > at ? Instant{*last} : at;
}

// The task's fires before `to`, those that lie close together as one. `budget` is what may be counted one by
// one.
std::vector<Band> bands_of(const Planned& planned, Instant to, base::Milliseconds gap, std::size_t& budget) {
  std::vector<Band> bands;
  std::optional<Instant> at = planned.first;
  while (at && *at < to) {
    const bool joins = !bands.empty() && *at - bands.back().to <= gap;
    if (!joins) {
      bands.push_back({*at, *at, 1});
    } else if (bands.back().count) {
      bands.back().add(*at);
    } else {
      bands.back().to = *at;
    }
    if (budget > 0) {
      --budget;
    } else if (const auto last = leap(planned, *at, to, gap); last > *at) {
      bands.back().to = last;
      bands.back().count.reset();
      bands.back().step.reset();
    }
    at = task::cursor_after(planned.task->definition, *planned.schedule, bands.back().to).next_run_at;
  }
  return bands;
}

// Those tasks that fire first, each with its bands; `more` where there would be others.
json::array folded(std::vector<Planned> planned, Instant to, const UpcomingQuery& query, bool& more) {
  const auto count = std::min(planned.size(), query.limit);
  std::partial_sort(planned.begin(), planned.begin() + static_cast<std::ptrdiff_t>(count), planned.end(),
                    [](const Planned& a, const Planned& b) {
                      return std::tie(a.first, a.task->id.value) < std::tie(b.first, b.task->id.value);
                    });
  auto budget = LedgerView::kMaxWalked;
  std::size_t told = 0;
  json::array tasks;
  for (std::size_t i = 0; i < count && told < LedgerView::kMaxBands; ++i) {
    json::array bands;
    for (const auto& band : bands_of(planned[i], to, *query.fold, budget)) {
      bands.push_back(json::object{
          {"from", base::to_iso(band.from)},
          {"to", base::to_iso(band.to)},
          {"count", band.count ? json::value(*band.count) : json::value(nullptr)},
          {"every_ms", band.count && *band.count > 1 && band.step ? json::value(band.step->count())
                                                                  : json::value(nullptr)}});
    }
    told += bands.size();
    tasks.push_back(json::object{{"task_id", planned[i].task->id.value},
                                 {"task_name", planned[i].task->definition.name},
                                 {"bands", std::move(bands)}});
  }
  more = tasks.size() < planned.size();
  return tasks;
}

}  // namespace

json::object LedgerView::upcoming(Instant from, Instant to, const UpcomingQuery& query) const {
  const auto now = clock_.now();
  const bool of_all = query.search.empty() && query.tag.empty();
  // the first fires from now on are those of the tasks that fire first
  const bool few = !query.counts && !query.fold && of_all && from <= now;
  const auto most_tasks =
      few ? static_cast<std::int64_t>(query.limit + query.without.size()) + 1 : kMaxUpcomingTasks;
  std::vector<task::Task> due;
  std::unordered_set<std::int64_t> wanted;
  store_.read([&](store::Reader& reader) {
    due = reader.tasks_due_before(to, most_tasks);
    if (of_all) return;
    store::TaskQuery matching{.search = query.search};
    if (!query.tag.empty()) matching.tag = query.tag;
    for (const auto id : reader.list_task_ids(matching, INT64_MAX)) wanted.insert(id.value);
  });
  const auto default_timezone = tasks_.default_timezone();
  Schedules schedules(default_timezone);
  std::vector<Planned> planned;
  for (const auto& task : due) {
    if (!of_all && !wanted.contains(task.id.value)) continue;
    if (query.without.contains(task.id.value)) continue;
    const auto& [schedule, number] = schedules.of(task.definition);
    if (!schedule || !task.next_run_at) continue;
    const auto first = first_fire_from(task, *schedule, from, now);
    if (first && *first < to) planned.push_back({&task, schedule.get(), number, *first});
  }
  bool more = false;
  auto items = soonest_of(planned, to, query.limit, more);
  const bool all_tasks = static_cast<std::int64_t>(due.size()) < most_tasks;
  json::object answer{{"from", base::to_iso(from)},
                      {"to", base::to_iso(to)},
                      {"items", std::move(items)},
                      {"more", more || !all_tasks}};
  if (query.counts) answer["counts"] = counts_of(planned, to, all_tasks);
  if (query.fold) {
    const auto total = planned.size();
    bool more_tasks = false;
    answer["tasks"] = folded(std::move(planned), to, query, more_tasks);
    answer["task_total"] = total;
    answer["more_tasks"] = more_tasks || !all_tasks;
  }
  return answer;
}

}  // namespace service
