// One node, put together: store, engine, runner's client, services and HTTP. Starts and stops in the right
// order.
#pragma once
#include <memory>
#include <string>

#include "app/config.h"
#include "base/result.h"

namespace app {

class Node {
 public:
  explicit Node(Config config);
  ~Node();

  // Opens the store, begins to fire and to answer. An error says what is wrong and how to mend it.
  base::Result<void> start();
  // Stops firing, answers what is in flight, leaves jobs to the runner. At most some 5 s.
  void stop();
  // The system's time zones may have been updated.
  void reread_zones();

  // After a reload: what GET /api/settings shows follows. Any thread.
  void take_over(const Config& fresh);

  std::uint16_t port() const;
  // See http::Server.
  base::Result<void> reload_certificate();
  // Of the link with which the first admin's password is chosen (auth/first_run.h); empty when it was
  // changed.
  std::string first_run_token();

 private:
  struct Parts;
  const Config config_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace app
