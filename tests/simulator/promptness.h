// Nothing that could go on is forgotten. After each commit it looks at what waits and at what it waits for; a
// clerk of its own, without the engine's code. What a later restart would heal is seen as well, for it counts
// only the time in which nothing went wrong.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "open_executions.h"
#include "world_view.h"

namespace simulator {

// After a trouble's end nothing is held against the server for so long: it connects, compares and makes up.
inline constexpr Milliseconds kRecovery{60'000};
// From the moment at which something could go on until it has: a write that waits for one in hand, its own,
// the start and the report of it, each as slow as they are made here.
inline constexpr Milliseconds kPromptly{20'000};

class Promptness {
 public:
  explicit Promptness(const WorldView& view) : view_(view) {}

  // After each commit, with all that is open.
  void look(const OpenExecutions& open);
  // Something goes wrong now, and has an end then: a kill and the downtime, a clock that is set, a socket
  // that breaks, a commit that fails. What is seen from now on is told by looking again.
  void trouble(Milliseconds until, const OpenExecutions& open);
  // At the end of the world.
  void finish();

  // Whether for more than kPromptly of that time nothing was wrong.
  bool was_calm_within(Milliseconds from, Milliseconds to) const;
  // When the record was first seen after a commit; nullopt: it never was.
  std::optional<Milliseconds> seen_at(ExecutionId id) const;

  const std::vector<std::string>& faults() const { return faults_; }
  std::int64_t held() const { return held_; }  // waits that had to end soon, and did or not

 private:
  // A state of an execution that has to end.
  struct Wait {
    int attempt = 1;
    Milliseconds since{0};
  };
  using Waits = std::map<std::pair<ExecutionId, std::string_view>, Wait>;  // by what it is
  struct Trouble {
    Milliseconds at{0}, calm_from{0};
  };

  Waits all_that_could_go_on(const std::map<ExecutionId, task::Execution>& open) const;
  void close(ExecutionId id, std::string_view what, const Wait& wait);

  const WorldView& view_;
  Waits waits_;
  std::vector<Trouble> troubles_;
  std::vector<std::pair<ExecutionId, Milliseconds>> newest_;  // the highest id, from when on
  std::vector<std::string> faults_;
  std::int64_t held_ = 0;
};

}  // namespace simulator
