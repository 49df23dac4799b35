#include "engine/fire_booker.h"

#include <algorithm>

#include "base/kill_point.h"
#include "base/log.h"

namespace engine {

namespace {

// How many due tasks one transaction books. The soonest is booked and handed to the runner before the others
// are looked at, so that the first start does not wait for the last row of a thousand; then as many as start
// while more are booked; then more and more.
constexpr std::size_t kFirstBookings[] = {1, 8};
constexpr std::size_t kSmallestBooking = 32;
constexpr std::size_t kLargestBooking = 128;
constexpr std::size_t kDueAtOnce = 4096;
constexpr base::Milliseconds kFireAgain{1'000};  // after the database failed

// The first `count` of the list, which loses them.
template <class List>
std::vector<Planner::Due> take_first(List& list, std::size_t count) {
  const auto end = list.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<Planner::Due> first(list.begin(), end);
  list.erase(list.begin(), end);
  return first;
}

}  // namespace

void FireBooker::book_due(Instant now) {
  auto first = parts_.planner.take_due(now, 1);
  if (first.empty()) return;
  base::kill_point("fire.due");
  const auto late_until = std::max(now - kLateIsMisfire, parts_.timekeeper.past().began_at);
  const std::span<const std::size_t> steps = kFirstBookings;
  const auto others = std::make_shared<std::vector<Due>>();
  const bool first_is_late = first.front().at < late_until;
  if (first_is_late)
    late_.push_back(first.front());
  else
    book(std::move(first), now,
         [this, others, now, steps] { book_in_steps(std::move(*others), now, steps.subspan(1)); });

  // soonest first: what is late stands at the front
  *others = parts_.planner.take_due(now, kDueAtOnce);
  fires_ += 1 + others->size();
  const auto first_prompt = std::partition_point(others->begin(), others->end(),
                                                 [&](const Due& fire) { return fire.at < late_until; });
  late_.insert(late_.end(), others->begin(), first_prompt);
  others->erase(others->begin(), first_prompt);
  book_late();
  if (first_is_late) book_in_steps(std::move(*others), now, steps);
}

void FireBooker::book_in_steps(std::vector<Due> due, Instant now, std::span<const std::size_t> steps) {
  if (steps.empty() || due.size() <= steps.front()) return book_others(due, now);
  auto first = take_first(due, steps.front());
  book(std::move(first), now, [this, due = std::move(due), now, steps = steps.subspan(1)]() mutable {
    book_in_steps(std::move(due), now, steps);
  });
}

void FireBooker::book_others(std::span<const Due> due, Instant now) {
  for (std::size_t size = kSmallestBooking; !due.empty(); size = std::min(size * 4, kLargestBooking)) {
    const auto part = due.first(std::min(size, due.size()));
    book({part.begin(), part.end()}, now, [] {});
    due = due.subspan(part.size());
  }
}

void FireBooker::book_late() {
  if (booking_late_ || late_.empty()) return;
  booking_late_ = true;
  book(take_first(late_, std::min(late_.size(), kLargestBooking)), parts_.clock.now(), [this] {
    booking_late_ = false;
    book_late();
  });
}

void FireBooker::book(std::vector<Due> due, Instant now, std::function<void()> then) {
  auto shared = std::make_shared<const std::vector<Due>>(std::move(due));
  parts_.dispatcher.book(
      static_cast<std::int64_t>(shared->size()),
      [this, shared, now, past = parts_.timekeeper.past()](store::Transaction& tx, Slots& slots,
                                                           Plan& plan) -> base::Result<void> {
        for (const auto& fire : *shared)
          parts_.ledger.fire(tx, fire.task_id, fire.at, now, past, slots, plan);
        base::kill_point("fire.booked");
        return {};
      },
      [this, shared, then = std::move(then)](const base::Result<void>& kept) {
        if (!kept) {
          base::log::error("engine.fires_not_booked",
                           {{"why", kept.error().message}, {"fires", shared->size()}});
          parts_.timers.add(parts_.clock.now() + kFireAgain, [this, shared] {
            for (const auto& fire : *shared) parts_.planner.set(fire.task_id, fire.at);
          });
        }
        then();
      });
}

}  // namespace engine
