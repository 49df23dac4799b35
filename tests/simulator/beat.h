// When a schedule fires, known without the engine's code: minutes counted since 1970, and the clocks of
// Berlin by the law of the European Union.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "simulation.h"

namespace simulator {

struct Beat {
  enum class Kind { plain, berlin_fixed, berlin_wild };
  Kind kind = Kind::plain;
  // plain: each minute that leaves `phase` when divided by `period`. In Berlin: the minutes of the day on the
  // wall.
  std::int64_t period = 60;
  std::int64_t phase = 0;
  std::vector<std::int64_t> on_the_wall = {};
  std::string cron;
  std::string timezone = "UTC";
  bool wild = false;  // fires whenever the clock shows its time

  // The minutes since 1970 in [first, last] at which it fires, in order.
  std::vector<std::int64_t> fires(std::int64_t first, std::int64_t last) const;
};

// How much later than its fires the task of that name is due: the 64-bit FNV-1a of the name, modulo the range
// in milliseconds, both ends included.
Milliseconds jitter_of(std::string_view name, std::int64_t jitter_s);

Beat random_beat(Simulation& simulation);
Beat hourly_beat(Simulation& simulation);

}  // namespace simulator
