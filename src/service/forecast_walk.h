// The fires of all tasks in the order of time, and what becomes of each while runs last as long as they
// usually do: through the gate, the pools and the slots in the order in which the ledger (engine/) takes
// them. Pure.
#pragma once
#include <list>
#include <queue>
#include <set>
#include <tuple>

#include "service/forecast_runs.h"

namespace service {

struct ForecastRun {
  Instant start;
  Instant end;
  std::size_t fire = 0;
};

struct ForecastTrace {
  std::vector<ForecastFire> fires;
  std::vector<ForecastRun> runs;  // by their start
  std::vector<OwnOverlap> overlaps;
  std::map<std::string, ForecastRoom> pools;  // those that were wanted
  ForecastRoom node;
};

class ForecastWalk {
 public:
  // Both must outlive the walk.
  ForecastWalk(const std::vector<ForecastTask>& tasks, const ForecastLimits& limits);

  // Looks at the fires before `until`, and then waits for what waits. To be called once.
  ForecastTrace walk(Instant until);

 private:
  // What waits for room, first who goes first: -priority, fire.
  using Line = std::set<std::tuple<std::int64_t, std::size_t>>;
  struct Room {
    std::int64_t limit = INT64_MAX;
    std::int64_t taken = 0;
    std::int64_t wanted = 0;
    Line line;
    ForecastRoom told;
    bool is_full() const { return taken >= limit; }
    void want(std::int64_t how_many, Instant at);
  };
  struct Member {
    Room* pool = nullptr;
    std::int64_t running = 0;                 // goes on, or waits for room: both hold back the next
    std::list<std::size_t> queue;             // fires that wait for the run before them
    std::optional<std::size_t> run, in_line;  // the newest run that goes on; the newest that waits for room
    OwnOverlap overlap;
  };
  struct Due {
    Instant due, at;
    std::size_t task;
    bool operator>(const Due& other) const { return std::tie(due, task) > std::tie(other.due, other.task); }
  };
  struct Deadline {
    Instant at;
    std::size_t fire;
    bool operator>(const Deadline& other) const {
      return std::tie(at, fire) > std::tie(other.at, other.fire);
    }
  };
  struct Going {
    Instant end;
    std::size_t run;
    bool is_known;  // whether the end follows from durations that are known
    bool operator>(const Going& other) const { return std::tie(end, run) > std::tie(other.end, other.run); }
  };
  template <class Event>
  using Soonest = std::priority_queue<Event, std::vector<Event>, std::greater<>>;

  const task::TaskDefinition& definition_of(std::size_t task) const { return *tasks_[task].definition; }
  std::tuple<std::int64_t, std::size_t> place_of(std::size_t fire) const;
  void plan_fire(std::size_t task, std::optional<Instant> at, Instant until);
  void fire(const Due& due);
  void watch_deadline(std::size_t fire, Instant due);
  void pass(std::optional<Instant> until);
  void end(const Going& going);
  void give_up(const Deadline& deadline);
  void cancel(std::size_t task, Instant at);
  void give_room_back(Member& member);
  std::optional<task::Waiting> leave_line(std::size_t fire);  // for what it waited; nullopt: in no line
  // Of one that is to have a slot: as in engine::Ledger.
  enum class Turn { stands_in_line, has_come };
  void let_go_on(std::size_t task, Turn turn, Instant at, bool is_known);
  void claim(std::size_t fire, Turn turn, Instant at, bool is_known);
  void stand_in_line(std::size_t fire, Room& room, ForecastCause because, task::Waiting waiting);
  void let_into_pool(Room& pool);
  void promote(Instant at, bool is_known);
  void start(std::size_t fire, Instant at, bool is_known);

  const std::vector<ForecastTask>& tasks_;
  ForecastTrace trace_;
  std::vector<Member> state_;
  std::vector<bool> waits_;  // of each fire: it has not begun, and may yet
  Soonest<Due> due_;
  Soonest<Deadline> deadlines_;
  Soonest<Going> going_;
  std::map<std::string, Room> pools_;
  Room slots_;
  task::Execution probe_;  // what the rule of start deadlines is asked about
};

}  // namespace service
