#include "task/cursor.h"

namespace task {
namespace {

// FNV-1a: the same on every node and every build, which std::hash does not promise.
std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  return hash;
}

}  // namespace

std::shared_ptr<const cron::Schedule> schedule_of(const TaskDefinition& definition,
                                                  std::string_view default_timezone) {
  auto parsed = cron::Schedule::parse(
      definition.cron, definition.timezone.empty() ? default_timezone : definition.timezone, definition.name);
  if (!parsed) return nullptr;
  return std::make_shared<const cron::Schedule>(std::move(parsed).value());
}

bool is_within_window(const TaskDefinition& definition, Instant at) {
  return (!definition.starts_at || at >= *definition.starts_at) &&
         (!definition.ends_at || at <= *definition.ends_at);
}

bool have_same_times(const TaskDefinition& one, const TaskDefinition& other) {
  // the name is the seed of H and of the jitter
  return one.cron == other.cron && one.timezone == other.timezone && one.name == other.name &&
         one.jitter_s == other.jitter_s && one.starts_at == other.starts_at && one.ends_at == other.ends_at;
}

base::Milliseconds jitter_of(const TaskDefinition& definition) {
  if (definition.jitter_s <= 0) return base::Milliseconds{0};
  const auto range = static_cast<std::uint64_t>(definition.jitter_s) * 1000 + 1;
  return base::Milliseconds{static_cast<std::int64_t>(stable_hash(definition.name) % range)};
}

Cursor cursor_after(const TaskDefinition& definition, const cron::Schedule& schedule, Instant after) {
  using std::chrono::seconds;
  auto from = std::chrono::floor<seconds>(after);
  if (definition.starts_at && *definition.starts_at > from) {
    // a fire at starts_at itself counts; @every has its first a step later
    from = std::chrono::ceil<seconds>(*definition.starts_at) - seconds{schedule.is_every() ? 0 : 1};
  }
  const auto fire = schedule.next(from);
  if (!fire || (definition.ends_at && *fire > *definition.ends_at)) return {};
  const Instant nominal = *fire;
  return {.next_run_at = nominal, .next_due_at = nominal + jitter_of(definition)};
}

Cursor cursor_after(const TaskDefinition& definition, std::string_view default_timezone, Instant after) {
  const auto schedule = schedule_of(definition, default_timezone);
  return schedule ? cursor_after(definition, *schedule, after) : Cursor{};
}

}  // namespace task
