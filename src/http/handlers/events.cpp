#include "http/event_queue.h"
#include "http/handlers/task_handlers.h"

namespace http {
namespace {

constexpr std::size_t kEventsAtOnce = 500;

// Each watcher reads the hub's ring from where it stands, so that a slow one costs nothing but its own lag.
class HubStream : public EventSource {
 public:
  HubStream(service::EventHub& hub, std::uint64_t last_id)
      : hub_(hub), last_id_(last_id), quiet_ms_(hub.quiet_for().count()) {}

  void open(std::function<void()> wake) override {
    watch_ = hub_.watch(wake);
    wake();
  }

  Batch take(std::size_t max_bytes) override {
    Batch batch;
    if (!greeted_) {
      batch.text = format_event(std::to_string(last_id_), "connected",
                                "{\"quiet_ms\":" + std::to_string(quiet_ms_) + "}");
    }
    greeted_ = true;
    const auto events = hub_.after(last_id_, kEventsAtOnce);
    for (const auto& event : events) {
      if (batch.text.size() > max_bytes) break;
      batch.text += format_event(std::to_string(event.id), event.name, event.data);
      last_id_ = event.id;
    }
    batch.more = last_id_ < hub_.last_id();
    return batch;
  }

  bool blocks() override { return false; }

 private:
  service::EventHub& hub_;
  std::uint64_t last_id_;
  std::int64_t quiet_ms_;
  bool greeted_ = false;
  std::shared_ptr<void> watch_;
};

}  // namespace

void add_event_routes(Router& router, TaskHandlerParts parts) {
  router.add(
      {.method = Method::get,
       .path = "/events",
       .right = rights::Right::read,
       .handler = [parts](const Request& request) -> base::Result<Response> {
         auto last_id = parts.events.last_id();
         if (const auto header = request.header("Last-Event-ID")) {
           last_id = static_cast<std::uint64_t>(base::parse_decimal(*header).value_or(0));
         }
         return Response::events(std::make_shared<HubStream>(parts.events, last_id));
       },
       .doc = {
           .summary =
               "Changes of tasks and executions as they happen: `task`, `execution`, and `resync` where "
               "the last 10,000 events no longer reach back to Last-Event-ID. First comes `connected`, with "
               "the milliseconds since the last change; `heartbeat` after 15 s of silence; `account` when "
               "the reader's own role has changed. The stream ends with the session or token",
           .tag = "events",
           .answers = {{200, "Events", "string", "text/event-stream"}},
           .headers = {{"Last-Event-ID", "Resume after this event"}}}});
}

}  // namespace http
