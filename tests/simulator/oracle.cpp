#include "oracle.h"

#include <algorithm>

#include "service/ledger_view.h"

namespace simulator {

using task::Execution;
using task::ExecutionStatus;
using task::OverlapPolicy;
using task::Trigger;

namespace {

constexpr std::chrono::seconds kStartUp{
    30};  // of what is not held against a server that just came or was set back
constexpr Milliseconds kCorrection{5'000};  // a step back that is waited out
// From the decision that something starts to its first instant: the write before it, its own and the start,
// each as slow as they are made here.
constexpr Milliseconds kUnderWay{19'000};

std::int64_t minute_of(Instant at) {
  return std::chrono::floor<std::chrono::minutes>(at).time_since_epoch().count();
}
Instant instant_of(std::int64_t minute) {
  return base::from_unix_ms(minute * 60'000);
}
std::int64_t pass_of(Instant nominal) {
  return base::to_unix_ms(nominal) % 1000;
}
class Judge {
 public:
  explicit Judge(World& world)
      : world_(world),
        tasks_(world.store(), world.engine(), world.clock()),
        ledger_(world.store(), tasks_, world.clock()) {}

  Verdict judge() {
    std::set<TaskId> deleted;
    for (const auto& asked : world_.asked())
      if (asked.beside() && asked.given) beside_.insert(asked.given->begin(), asked.given->end());
    for (const auto& run : world_.runs()) {
      runs_of_[run.task_id].push_back(&run);
      if (!by_key_.emplace(run.key, &run).second) verdict_.fault("started twice: " + name(run.key));
    }
    verdict_.runs = static_cast<std::int64_t>(world_.runs().size());
    for (const auto& task : world_.tasks()) {
      if (task.deleted) deleted.insert(task.id);
      judge_task(task);
    }
    for (const auto& run : world_.runs()) {
      if (!run.ended) verdict_.fault("never ended: " + name(run.key));
      if (!known_.contains(run.key.execution) && !deleted.contains(run.task_id))
        verdict_.fault("ran without a record: " + name(run.key));
    }
    if (!world_.is_quiet()) verdict_.fault("the runner still holds something");
    judge_chains(world_, executions_, verdict_);
    judge_requests(world_, executions_, verdict_);
    judge_limits(world_, verdict_);
    judge_promptness(world_, executions_, verdict_);
    verdict_.chosen = world_.witness().chosen();
    for (const auto& fault : world_.witness().faults()) verdict_.fault(fault);
    return std::move(verdict_);
  }

 private:
  static std::string name(const AttemptKey& key) {
    return "execution " + base::to_string(key.execution) + " attempt " + std::to_string(key.attempt);
  }

  std::vector<Execution> executions_of(TaskId id) {
    std::vector<Execution> all;
    world_.store().read([&](store::Reader& reader) {
      store::ExecutionQuery query;
      query.task_id = id;
      query.limit = 500;
      for (bool more = true; more;) {
        auto page = reader.list_executions(query);
        std::move(page.items.begin(), page.items.end(), std::back_inserter(all));
        query.before = page.next_cursor;
        more = page.next_cursor.has_value();
      }
    });
    return all;
  }

  void judge_task(const PlannedTask& task) {
    const auto& executions = executions_[task.id] = executions_of(task.id);
    verdict_.executions += static_cast<std::int64_t>(executions.size());
    for (const auto& execution : executions) {
      known_.insert(execution.id);
      judge_execution(execution);
      const auto request = request_of(execution);
      if (request && world_.asked()[*request].beside()) beside_.insert(execution.id);
    }
    if (task.definition.overlap != OverlapPolicy::allow && !may_hide_forced_runs(task)) judge_overlap(task);
    if (task.definition.start_deadline_s > 0) judge_deadline(task, executions);
    judge_counters(task.id);
    if (!task.deleted)
      judge_fires(task, executions);
    else if (!executions.empty())
      verdict_.fault("a deleted task has executions: task " + base::to_string(task.id));
  }

  // Nothing is open any more, so that a task's status must not say that something is.
  void judge_counters(TaskId id) {
    std::optional<task::Task> task;
    world_.store().read([&](store::Reader& reader) { task = reader.find_task(id); });
    if (task && (task->running != 0 || task->queued != 0 || task->waiting != 0)) {
      verdict_.fault("task " + base::to_string(id) + " counts " + std::to_string(task->running) +
                     " running, " + std::to_string(task->queued) + " queued and " +
                     std::to_string(task->waiting) + " that wait for room, and all have ended");
    }
  }

  void judge_execution(const Execution& execution) {
    const auto who = "execution " + base::to_string(execution.id);
    if (!is_final(execution.status))
      verdict_.fault(who + " of task " + base::to_string(execution.task_id) +
                     " never ended: " + std::string(to_string(execution.status)) + ", waiting " +
                     std::string(to_string(execution.waiting)));
    const bool never_ran =
        execution.status == ExecutionStatus::skipped || execution.status == ExecutionStatus::missed;
    if (never_ran && by_key_.contains({execution.id, 1})) verdict_.fault(who + " did not run, and ran");
    if (execution.status != ExecutionStatus::success) return;
    const auto run = by_key_.find({execution.id, execution.attempt.number});
    if (run == by_key_.end())
      verdict_.fault(who + " is SUCCESS and never ran");
    else if (!run->second->by_itself || run->second->exit_code != 0)
      verdict_.fault(who + " is SUCCESS and did not end well");
  }

  enum class Expected { yes, no, either };

  // Where the clock was set back from a time that it showed again, both are one stretch.
  std::vector<SetBack> repeated_stretches() const {
    std::vector<SetBack> joined;
    for (const auto& one : world_.set_backs()) {
      if (joined.empty() || one.to > joined.back().from || one.from < joined.back().to) {
        joined.push_back(one);
        continue;
      }
      joined.back().from = std::max(joined.back().from, one.from);
      joined.back().to = std::min(joined.back().to, one.to);
    }
    return joined;
  }

  // Of a fire by the beat of that chapter.
  Expected expected(const PlannedTask& task, std::size_t chapter, Instant fire, Instant due) const {
    const bool is_paused = std::any_of(task.paused.begin(), task.paused.end(), [&](const auto& pause) {
      return fire > pause.first && fire <= pause.second;
    });
    // what users did while the clock showed a time for the second time may count for either
    for (const auto& repeated : repeated_stretches()) {
      const auto touched = [&](Instant at) { return repeated.to <= at && at <= repeated.from; };
      if (!touched(fire) && !touched(due)) continue;
      for (const auto& one : task.chapters)
        if (touched(one.from)) return Expected::either;
      for (const auto& pause : task.paused)
        if (touched(pause.first) || touched(pause.second)) return Expected::either;
    }
    const bool is_outside = !task.chapters[chapter].window.holds(fire);
    return is_paused || is_outside || fire <= task.chapters[chapter].from ? Expected::no : Expected::yes;
  }

  void judge_fires(const PlannedTask& task, const std::vector<Execution>& executions) {
    struct Found {
      int count = 0;
      const Execution* record = nullptr;
    };
    std::map<std::int64_t, std::map<std::int64_t, Found>> passes;  // by pass, by minute
    for (const auto& execution : executions) {
      if (!is_fire(execution)) continue;
      const auto first = minute_of(*execution.scheduled_at);
      const auto last = execution.scheduled_until ? minute_of(*execution.scheduled_until) : first;
      std::int64_t covered = 0;
      for (const auto minute : beat_of(task, execution, first, last).fires(first, last)) {
        auto& found = passes[pass_of(*execution.scheduled_at)][minute];
        ++found.count;
        found.record = &execution;
        ++covered;
      }
      if (covered != execution.count)
        verdict_.fault("execution " + base::to_string(execution.id) + " counts " +
                       std::to_string(execution.count) + " fires in a range of " + std::to_string(covered) +
                       ", from " + base::to_iso(*execution.scheduled_at) + " on, booked at " +
                       base::to_iso(execution.created_at) + " by revision " +
                       std::to_string(execution.task_revision));
      verdict_.folded += execution.count - 1;
    }
    auto& plain = passes[0];
    const auto jitter = jitter_of(task.definition.name, task.definition.jitter_s);
    for (std::size_t chapter = 0; chapter < task.chapters.size(); ++chapter) {
      const auto& beat = task.chapters[chapter].beat;
      const bool is_last = chapter + 1 == task.chapters.size();
      const auto until = is_last ? world_.end() : task.chapters[chapter + 1].from;
      // before its chapter the last beat fires by `why` alone
      const auto from = is_last ? task.created : task.chapters[chapter].from;
      for (const auto minute : beat.fires(minute_of(from), minute_of(until))) {
        const auto fire = instant_of(minute);
        const auto wanted = expected(task, chapter, fire, fire + jitter);
        const auto found = plain.find(minute);
        if (fire <= task.chapters[chapter].from) {  // of an earlier chapter, if at all
          const bool fired_then = fire > task.created && !beat_at(task, fire).fires(minute, minute).empty();
          if (is_last && found == plain.end() && wanted == Expected::no && !fired_then)
            judge_why(task, fire, nullptr, true);
          continue;
        }
        if (wanted == Expected::yes) ++verdict_.fires;
        const int count = found == plain.end() ? 0 : found->second.count;
        if (wanted == Expected::yes && count == 1) judge_booking(task, fire + jitter, *found->second.record);
        if (wanted != Expected::either && count != (wanted == Expected::yes ? 1 : 0)) {
          verdict_.fault("task " + base::to_string(task.id) + " (" + beat.cron + ") at " +
                         base::to_iso(fire) + ": " + std::to_string(count) + " records, " +
                         (wanted == Expected::yes ? "1" : "0") + " expected");
        }
        if (wanted != Expected::either)
          judge_why(task, fire, found == plain.end() ? nullptr : found->second.record, false);
        if (found != plain.end()) plain.erase(found);
      }
    }
    for (const auto& [stray, found] : plain)
      if (found.count != 1 || !was_repeated(instant_of(stray)))
        verdict_.fault("task " + base::to_string(task.id) +
                       " has a record for no fire: " + base::to_iso(instant_of(stray)));
    const auto most_passes = static_cast<std::int64_t>(world_.set_backs().size());
    for (const auto& [pass, fires] : passes) {
      if (pass == 0) continue;
      for (const auto& [minute, found] : fires) {
        ++verdict_.repeated;
        if (found.count != 1 || !was_repeated(instant_of(minute)) || pass > most_passes)
          verdict_.fault("task " + base::to_string(task.id) + " fires again at " +
                         base::to_iso(instant_of(minute)) + " in pass " + std::to_string(pass) + ", " +
                         std::to_string(found.count) + " times");
      }
    }
    judge_silence(task, executions);
  }

  // By then it was due, and while nothing was wrong its record came soon, whatever was restarted later. Where
  // nobody was there until the clock was set back, it is due when that shows its time again.
  void judge_booking(const PlannedTask& task, Instant due, const Execution& record) {
    const auto seen = world_.promptness().seen_at(record.id);
    auto due_at = world_.first_time_of(due);
    for (const auto& one : world_.set_backs())
      if (due_at <= one.at && one.to < due && !world_.promptness().was_calm_within(due_at, one.at))
        due_at = world_.first_time_of(due, one.at);
    if (seen && *seen > due_at && world_.promptness().was_calm_within(due_at, *seen))
      verdict_.fault("task " + base::to_string(task.id) + " was due at " + base::to_iso(due) +
                     ", and its record came " + std::to_string((*seen - due_at).count()) + " ms later");
  }

  // A wild schedule goes on while the clock shows its times again.
  void judge_silence(const PlannedTask& task, const std::vector<Execution>& executions) {
    if (task.chapters.size() > 1 || !task.beat().wild || task.definition.jitter_s > 0) return;
    const auto& window = task.chapters.back().window;
    std::map<std::int64_t, int> again;
    for (const auto& execution : executions) {
      if (!is_fire(execution) || pass_of(*execution.scheduled_at) == 0) continue;
      const auto first = minute_of(*execution.scheduled_at);
      const auto last = execution.scheduled_until ? minute_of(*execution.scheduled_until) : first;
      for (const auto minute : task.beat().fires(first, last)) ++again[minute];
    }
    for (const auto& repeated : world_.set_backs()) {
      if (repeated.from - repeated.to <= kCorrection || task.created > repeated.to) continue;
      if (!world_.was_undisturbed(repeated.at - kStartUp, repeated.at - Milliseconds{1})) continue;
      // it goes on until its end comes again, though that had passed
      auto fires = task.beat().fires(minute_of(repeated.to), minute_of(repeated.from));
      std::erase_if(fires, [&](std::int64_t minute) { return !window.holds(instant_of(minute)); });
      const auto shown_before = task.beat().fires(minute_of(task.created), minute_of(repeated.to));
      if (fires.size() < 3 || shown_before.empty()) continue;  // a step of two intervals and more
      for (std::size_t i = 0; i + 1 < fires.size(); ++i) {
        const auto fire = instant_of(fires[i]);
        const auto shown_again = repeated.at + (fire - repeated.to);
        if (fire < repeated.to + kStartUp || !world_.was_undisturbed(repeated.at, shown_again + kStartUp))
          continue;
        const bool paused = std::any_of(task.paused.begin(), task.paused.end(), [&](const auto& pause) {
          return pause.first <= repeated.from && pause.second >= repeated.to - std::chrono::hours{24};
        });
        if (!paused && !again.contains(fires[i]))
          verdict_.fault("task " + base::to_string(task.id) + " (" + task.beat().cron + ") fell silent at " +
                         base::to_iso(fire) + ", which a clock set back from " + base::to_iso(repeated.from) +
                         " to " + base::to_iso(repeated.to) + " showed again");
      }
    }
  }

  bool was_repeated(Instant at) const {
    const auto& all = world_.set_backs();
    return std::any_of(all.begin(), all.end(), [&](const SetBack& one) {
      return one.to - std::chrono::minutes{1} <= at && at <= one.from;
    });
  }

  static const PlannedTask::Chapter& chapter_at(const PlannedTask& task, Instant fire) {
    const auto* found = &task.chapters.front();
    for (const auto& chapter : task.chapters)
      if (chapter.from < fire) found = &chapter;
    return *found;
  }
  static const Beat& beat_at(const PlannedTask& task, Instant fire) { return chapter_at(task, fire).beat; }

  // The beat that a record was made by. In time that the clock showed twice it may be one of either pass.
  static const Beat& beat_of(const PlannedTask& task, const Execution& execution, std::int64_t first,
                             std::int64_t last) {
    const auto fits = [&](const Beat& beat) {
      return static_cast<std::int64_t>(beat.fires(first, last).size()) == execution.count;
    };
    const auto& usual = beat_at(task, *execution.scheduled_at);
    if (fits(usual)) return usual;
    for (const auto& chapter : task.chapters)
      if (fits(chapter.beat)) return chapter.beat;
    return usual;
  }

  // What `why` says of a record; nullopt where its run really began.
  std::optional<std::string> reason_why_not(const Execution& record) const {
    if (record.status == ExecutionStatus::skipped) return "skipped";
    if (record.status == ExecutionStatus::missed) return "missed";
    const auto first = by_key_.lower_bound({record.id, 0});
    if (first != by_key_.end() && first->first.execution == record.id) return std::nullopt;
    return record.status == ExecutionStatus::cancelled ? "cancelled" : "not_started";
  }

  // GET /tasks/{id}/why for what did not run.
  void judge_why(const PlannedTask& task, Instant fire, const Execution* record, bool of_another_chapter) {
    const bool is_outside = !chapter_at(task, fire).window.holds(fire);
    std::string wanted = of_another_chapter ? "other_schedule" : is_outside ? "outside_window" : "paused";
    if (record != nullptr) {
      const auto reason = reason_why_not(*record);
      if (!reason) return;
      wanted = *reason;
    } else if (fire < task.created) {
      wanted = "before_creation";
    } else if (fire == task.created) {
      return;
    }
    ++verdict_.explained;
    verdict_.outside += wanted == "outside_window" ? 1 : 0;
    const auto answer = ledger_.why(task.id, fire, cron::Language::en);
    const auto given = answer ? std::string(answer->at("verdict").as_string()) : answer.error().message;
    if (given != wanted)
      verdict_.fault("why did task " + base::to_string(task.id) + " not run at " + base::to_iso(fire) + "? " +
                     given + ", and not " + wanted);
    if (!answer || record == nullptr) return;
    const auto& cause = wanted == "not_started" ? record->attempt.error : record->reason;
    if (cause.empty() || answer->at("answer").as_string().find(cause) == boost::json::string::npos)
      verdict_.fault("why did execution " + base::to_string(record->id) + " not run? " +
                     std::string(answer->at("answer").as_string()) + ", without its cause '" + cause + "'");
  }

  // The records of a deleted task are gone, and with them what was forced and not acknowledged.
  bool may_hide_forced_runs(const PlannedTask& task) const {
    const auto& all = world_.asked();
    return task.deleted && std::any_of(all.begin(), all.end(), [&](const Asked& asked) {
             return asked.task_id == task.id && asked.beside() && !asked.given;
           });
  }

  // Of two that meet the later one was to run beside the other.
  void judge_overlap(const PlannedTask& task) {
    auto runs = runs_of_[task.id];
    std::sort(runs.begin(), runs.end(), [](const Run* a, const Run* b) { return a->began < b->began; });
    std::vector<const Run*> going_on;
    for (const auto* run : runs) {
      std::erase_if(going_on, [&](const Run* other) { return other->ended && *other->ended <= run->began; });
      for (const auto* other : going_on) {
        if (!beside_.contains(std::max(run->key.execution, other->key.execution)))
          verdict_.fault("task " + base::to_string(task.id) + " overlaps itself: " + name(other->key) +
                         " and " + name(run->key));
      }
      going_on.push_back(run);
    }
  }

  // Unless the clock was set back meanwhile: its times say nothing then of how long something waited.
  void judge_deadline(const PlannedTask& task, const std::vector<Execution>& executions) {
    for (const auto& execution : executions) {
      if (!execution.started_at) continue;
      const auto since = is_fire(execution) ? *execution.scheduled_at +
                                                  jitter_of(task.definition.name, task.definition.jitter_s)
                                            : execution.created_at;
      const auto& set_backs = world_.set_backs();
      if (std::any_of(set_backs.begin(), set_backs.end(), [&](const SetBack& one) {
            return since <= one.from && *execution.started_at >= one.to;
          }))
        continue;
      const auto run = by_key_.find({execution.id, 1});
      if (run == by_key_.end()) continue;
      // in time that passed: a clock that is set forward makes nothing late that was on its way
      const auto deadline = since + std::chrono::seconds{task.definition.start_deadline_s};
      const auto late = run->second->began - world_.first_time_of(deadline);
      if (late > kUnderWay)
        verdict_.fault("execution " + base::to_string(execution.id) + " (" +
                       std::string(to_string(execution.trigger)) + ", made at " +
                       base::to_iso(execution.created_at) + ", due from " + base::to_iso(since) +
                       ") began at " + base::to_iso(*execution.started_at) + ", " +
                       std::to_string(late.count()) + " ms after its start deadline");
    }
  }

  World& world_;
  service::TaskService tasks_;
  service::LedgerView ledger_;
  Verdict verdict_;
  std::map<AttemptKey, const Run*> by_key_;
  std::map<TaskId, std::vector<const Run*>> runs_of_;
  std::set<ExecutionId> known_;
  std::set<ExecutionId> beside_;  // asked for beside what runs
  Executions executions_;
};

}  // namespace

bool is_fire(const Execution& execution) {
  return execution.scheduled_at &&
         (execution.trigger == Trigger::schedule || execution.trigger == Trigger::misfire);
}

Verdict judge(World& world) {
  return Judge(world).judge();
}

}  // namespace simulator
