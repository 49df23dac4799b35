// The fires of the tasks that share a pool (or of one task that has none), and what becomes of each while
// runs last as long as they usually do. Pure.
#pragma once
#include <deque>
#include <queue>
#include <set>
#include <tuple>

#include "service/forecast_runs.h"

namespace service {

struct ForecastRun {
  Instant start;
  Instant end;
};

struct ForecastTrace {
  std::vector<ForecastFire> fires;
  std::vector<ForecastRun> runs;
  std::vector<OwnOverlap> overlaps;
};

class ForecastWalk {
 public:
  // `members`: which of the tasks; `limit`: how many runs of theirs may go on at once. What is told is added
  // to `trace`. All three must outlive the walk.
  ForecastWalk(const std::vector<ForecastTask>& tasks, const std::vector<std::size_t>& members,
               std::int64_t limit, ForecastTrace& trace);

  // Looks at the fires before `until`, and then waits for what waits. Gives how many wanted to run at once.
  ForecastPool walk(Instant until);

 private:
  struct Member {
    std::int64_t running = 0;                 // goes on, or waits for the pool: both hold back the next
    std::deque<std::size_t> queue;            // fires that wait for the run before them
    std::optional<std::size_t> run, in_line;  // the newest run that goes on; the fire that waits for the pool
    OwnOverlap overlap;
  };
  struct Due {
    Instant due, at;
    std::size_t member;
    bool operator>(const Due& other) const {
      return std::tie(due, member) > std::tie(other.due, other.member);
    }
  };
  struct Going {
    Instant end;
    std::size_t run, member;
    bool is_known;  // whether the end follows from durations that are known
    bool operator>(const Going& other) const { return std::tie(end, run) > std::tie(other.end, other.run); }
  };
  using Line = std::set<std::tuple<std::int64_t, std::size_t, std::size_t>>;  // -priority, fire, member

  const ForecastTask& task_of(std::size_t member) const { return tasks_[members_[member]]; }
  void plan_fire(std::size_t member, std::optional<Instant> at, Instant until);
  void fire(const Due& due);
  void end_runs(Instant until);
  void cancel(std::size_t member, Instant at);
  void let_go_on(std::size_t member, Instant at, bool is_known);
  void want_to_start(std::size_t member, std::size_t fire, Instant at, bool is_known);
  void let_in(Instant at, bool is_known);
  void start(std::size_t member, std::size_t fire, Instant at, bool is_known);

  const std::vector<ForecastTask>& tasks_;
  const std::vector<std::size_t>& members_;
  const std::int64_t limit_;
  ForecastTrace& trace_;
  std::vector<Member> state_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::priority_queue<Going, std::vector<Going>, std::greater<>> going_;
  std::int64_t in_pool_ = 0;
  Line line_;  // for the pool
  ForecastPool pool_;
};

}  // namespace service
