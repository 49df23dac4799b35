// What the ledger answers, asked as the edge asks it.
#pragma once
#include "service/ledger_view.h"
#include "service/service_fixture.h"

namespace service {

using cron::Language;
using task::ExecutionStatus;

class LedgerViewTest : public ServiceTest {
 protected:
  std::string verdict(const task::Task& task, std::string_view time) {
    return std::string(view_.why(task.id, at(time), Language::en)->at("verdict").as_string());
  }
  // "HH:MM" of each fire between the two, with the first letter of its task's name.
  std::vector<std::string> upcoming(std::string_view from, std::string_view to) {
    std::vector<std::string> fires;
    const auto answer = view_.upcoming(at(from), at(to));
    for (const auto& item : answer.at("items").as_array()) {
      fires.push_back(std::string(item.at("task_name").as_string().subview(0, 1)) + ' ' +
                      std::string(item.at("scheduled_at").as_string().subview(11, 5)));
    }
    return fires;
  }

  LedgerView view_{*store_, *tasks_, clock_};
};

}  // namespace service
