// For tests: the accounts' part of a store, in memory. Everything else of it throws.
#pragma once
#include <algorithm>
#include <map>
#include <mutex>
#include <stdexcept>

#include "store/audit_chain.h"
#include "store/store.h"

namespace auth {

class FakeStore : public store::Store {
 public:
  using Store::write;
  void read(const std::function<void(store::Reader&)>& ask) override {
    const std::lock_guard lock(mutex_);
    ask(content_);
  }
  void write(Work work, Done done) override {
    base::Result<void> result;
    {
      const std::lock_guard lock(mutex_);
      Content attempt = content_;
      result = work(attempt);
      if (result) content_ = attempt;
    }
    done(result);
  }
  void set_listener(Listener) override {}
  base::Result<void> backup(const std::string&) override { return {}; }
  std::string description() const override { return "memory"; }

  static constexpr std::string_view kAuditKey = "the key of the fake's audit chain";

  // As a task would that uses that secret.
  void use_secret(base::TaskId id, const std::string& name) {
    const std::lock_guard lock(mutex_);
    content_.uses[id] = name;
  }
  std::vector<store::AuditEntry> audit() {
    const std::lock_guard lock(mutex_);
    return content_.audit;
  }

 private:
  [[noreturn]] static void unused() { throw std::logic_error("the fake store has accounts only"); }
  static bool same_name(std::string_view left, std::string_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
  }

  struct Content : store::Transaction {
    std::map<base::UserId, store::User> users;
    std::map<std::string, store::Session> sessions;
    std::map<base::TokenId, store::Token> tokens;
    std::map<std::string, std::string> settings;
    std::vector<store::AuditEntry> audit;
    std::map<std::string, store::Secret, std::less<>> secrets;
    std::map<base::UserId, store::SecondFactor> factors;
    std::map<base::UserId, store::Preferences> preferences;
    std::map<base::TaskId, std::string> uses;  // of secrets
    std::int64_t last_id = 0;

    std::optional<store::User> find_user(base::UserId id) override {
      const auto found = users.find(id);
      return found == users.end() ? std::nullopt : std::optional(found->second);
    }
    std::optional<store::User> find_user_by_name(std::string_view name) override {
      for (const auto& [id, user] : users) {
        if (same_name(user.name, name)) return user;
      }
      return std::nullopt;
    }
    std::vector<store::User> list_users(std::int64_t limit) override {
      std::vector<store::User> list;
      for (const auto& [id, user] : users) {
        if (static_cast<std::int64_t>(list.size()) < limit) list.push_back(user);
      }
      return list;
    }
    std::optional<store::Session> find_session(std::string_view id) override {
      const auto found = sessions.find(std::string(id));
      return found == sessions.end() ? std::nullopt : std::optional(found->second);
    }
    std::vector<store::Session> list_sessions(base::UserId user, std::int64_t) override {
      std::vector<store::Session> list;
      for (const auto& [id, session] : sessions) {
        if (session.user_id == user) list.push_back(session);
      }
      std::sort(list.begin(), list.end(),
                [](const auto& left, const auto& right) { return left.created_at < right.created_at; });
      return list;
    }
    std::optional<store::Token> find_token_by_hash(std::string_view hash) override {
      for (const auto& [id, token] : tokens) {
        if (token.hash == hash) return token;
      }
      return std::nullopt;
    }
    std::vector<store::Token> list_tokens(base::UserId user, std::int64_t) override {
      std::vector<store::Token> list;
      for (const auto& [id, token] : tokens) {
        if (token.user_id == user) list.push_back(token);
      }
      return list;
    }
    store::AuditPage list_audit(const store::AuditQuery& query) override {
      store::AuditPage page;
      const auto count = std::min<std::ptrdiff_t>(query.limit, std::ssize(audit));
      page.items.assign(audit.rbegin(), audit.rbegin() + count);
      return page;
    }
    std::vector<store::AuditEntry> audit_after(std::int64_t after, std::int64_t limit) override {
      std::vector<store::AuditEntry> list;
      for (const auto& entry : audit) {
        if (entry.id > after && std::ssize(list) < limit) list.push_back(entry);
      }
      return list;
    }
    std::optional<store::Secret> find_secret(std::string_view name) override {
      const auto found = secrets.find(name);
      return found == secrets.end() ? std::nullopt : std::optional(found->second);
    }
    std::vector<store::Secret> list_secrets(std::int64_t) override {
      std::vector<store::Secret> list;
      for (const auto& [name, secret] : secrets) list.push_back(secret);
      return list;
    }
    std::vector<base::TaskId> tasks_using_secret(std::string_view name, std::int64_t) override {
      std::vector<base::TaskId> list;
      for (const auto& [id, secret] : uses) {
        if (secret == name) list.push_back(id);
      }
      return list;
    }
    std::optional<store::SecondFactor> find_second_factor(base::UserId id) override {
      const auto found = factors.find(id);
      return found == factors.end() ? std::nullopt : std::optional(found->second);
    }
    std::optional<store::Preferences> find_preferences(base::UserId id) override {
      const auto found = preferences.find(id);
      return found == preferences.end() ? std::nullopt : std::optional(found->second);
    }
    void save_preferences(base::UserId id, const store::Preferences& wanted) override {
      preferences[id] = wanted;
    }
    void save_secret(const store::Secret& secret) override { secrets[secret.name] = secret; }
    bool delete_secret(std::string_view name) override { return secrets.erase(std::string(name)) > 0; }
    void save_second_factor(const store::SecondFactor& factor) override { factors[factor.user_id] = factor; }
    bool delete_second_factor(base::UserId id) override { return factors.erase(id) > 0; }
    std::optional<std::string> find_setting(std::string_view key) override {
      const auto found = settings.find(std::string(key));
      return found == settings.end() ? std::nullopt : std::optional(found->second);
    }
    base::UserId insert_user(const store::User& user) override {
      const base::UserId id{++last_id};
      users[id] = user;
      users[id].id = id;
      return id;
    }
    void save_user(const store::User& user) override { users[user.id] = user; }
    void delete_user(base::UserId id) override {
      users.erase(id);
      delete_sessions_of(id, "");
      factors.erase(id);
      preferences.erase(id);
      std::erase_if(tokens, [&](const auto& entry) { return entry.second.user_id == id; });
    }
    void insert_session(const store::Session& session) override { sessions[session.id] = session; }
    void delete_session(std::string_view id) override { sessions.erase(std::string(id)); }
    void delete_sessions_of(base::UserId user, std::string_view but_not) override {
      std::erase_if(sessions, [&](const auto& entry) {
        return entry.second.user_id == user && entry.first != but_not;
      });
    }
    base::TokenId insert_token(const store::Token& token) override {
      const base::TokenId id{++last_id};
      tokens[id] = token;
      tokens[id].id = id;
      return id;
    }
    bool delete_token(base::UserId owner, base::TokenId id) override {
      const auto found = tokens.find(id);
      if (found == tokens.end() || found->second.user_id != owner) return false;
      tokens.erase(found);
      return true;
    }
    void touch_token(base::TokenId id, base::Instant at) override { tokens[id].last_used_at = at; }
    void append_audit(const store::AuditEntry& entry) override {
      audit.push_back(entry);
      audit.back().id = std::ssize(audit);
      audit.back().hash =
          store::audit_hash(kAuditKey, audit.size() > 1 ? audit[audit.size() - 2].hash : "", audit.back());
    }
    void set_setting(std::string_view key, std::string_view value) override {
      settings[std::string(key)] = value;
    }
    void forget_sessions_before(base::Instant at) override {
      std::erase_if(sessions, [&](const auto& entry) { return entry.second.expires_at < at; });
    }

    std::optional<task::Task> find_task(base::TaskId) override { unused(); }
    std::vector<task::Task> find_tasks_by_name(std::string_view, std::int64_t) override { unused(); }
    std::optional<base::TaskId> find_task_by_legacy_id(std::string_view) override { unused(); }
    store::TaskPage list_tasks(const store::TaskQuery&) override { unused(); }
    std::vector<base::TaskId> list_task_ids(const store::TaskQuery&, std::int64_t) override { unused(); }
    std::map<task::TaskStatus, std::int64_t> count_matching_by_status(const store::TaskQuery&) override {
      unused();
    }
    std::vector<store::RecentRun> recent_runs(base::TaskId, std::int64_t) override { unused(); }
    std::map<task::TaskStatus, std::int64_t> count_tasks_by_status() override { unused(); }
    std::map<std::string, std::int64_t> count_tasks_by_tag(std::int64_t) override { unused(); }
    void for_each_due(const std::function<void(base::TaskId, base::Instant)>&) override { unused(); }
    std::vector<base::TaskId> tasks_without_fire(base::TaskId, std::int64_t) override { unused(); }
    std::vector<task::Task> tasks_due_before(base::Instant, std::int64_t) override { unused(); }
    std::vector<task::Task> tasks_with_cron(std::string_view, base::TaskId, std::int64_t) override {
      unused();
    }
    std::optional<store::Revision> find_revision(base::TaskId, std::int64_t) override { unused(); }
    std::vector<store::Revision> list_revisions(base::TaskId, std::int64_t) override { unused(); }
    std::optional<store::Revision> revision_at(base::TaskId, base::Instant) override { unused(); }
    std::optional<task::Execution> find_execution(base::ExecutionId) override { unused(); }
    std::optional<base::ExecutionId> find_execution_by_legacy_id(std::string_view) override { unused(); }
    store::ExecutionPage list_executions(const store::ExecutionQuery&) override { unused(); }
    std::vector<task::Attempt> earlier_attempts(base::ExecutionId) override { unused(); }
    store::Output find_output(base::ExecutionId) override { unused(); }
    std::optional<std::string> find_log(base::ExecutionId, int) override { unused(); }
    std::vector<task::Execution> open_executions(base::TaskId, std::int64_t) override { unused(); }
    std::vector<task::Execution> open_executions_after(base::ExecutionId, std::int64_t) override { unused(); }
    std::vector<task::Execution> waiting_for_slot(std::int64_t) override { unused(); }
    std::vector<task::Execution> waiting_for_pool(std::string_view, std::int64_t) override { unused(); }
    std::vector<std::string> pools_waited_for() override { unused(); }
    std::vector<task::Execution> in_backoff(std::int64_t) override { unused(); }
    std::optional<task::Execution> newest_execution(base::TaskId,
                                                    std::optional<task::ExecutionStatus>) override {
      unused();
    }
    std::optional<base::Milliseconds> expected_duration(base::TaskId) override { unused(); }
    std::vector<base::TaskId> tasks_after(base::TaskId) override { unused(); }
    std::vector<store::Upstream> upstreams_of(base::TaskId) override { unused(); }
    std::optional<store::Pause> pause_before(base::TaskId, base::Instant) override { unused(); }
    void set_arrival(base::TaskId, base::TaskId, std::optional<base::ExecutionId>) override { unused(); }
    void forget_arrivals(base::TaskId) override { unused(); }
    void note_pause(base::TaskId, base::Instant, bool) override { unused(); }
    std::optional<task::Execution> execution_for_fire(base::TaskId, base::Instant) override { unused(); }
    std::int64_t count_running_in_pool(std::string_view) override { unused(); }
    std::vector<base::ExecutionId> beyond_retention(base::TaskId, std::int64_t, std::int64_t,
                                                    std::int64_t) override {
      unused();
    }
    std::vector<base::ExecutionId> final_before(std::optional<base::TaskId>, base::Instant,
                                                std::int64_t) override {
      unused();
    }
    std::vector<store::HourlyOutcome> hourly_outcomes(base::Instant, base::Instant) override { unused(); }
    std::vector<store::TaskOutcome> deleted_outcomes(base::TaskId, base::Instant) override { unused(); }
    std::vector<store::TaskOutcome> task_outcomes(base::TaskId, base::Instant, std::int64_t) override {
      unused();
    }
    std::optional<store::RememberedAnswer> find_answer(base::UserId, std::string_view) override { unused(); }
    base::TaskId insert_task(const task::Task&) override { unused(); }
    void save_definition(const task::Task&, std::string_view) override { unused(); }
    void save_task_state(const task::Task&) override { unused(); }
    void save_run_state(const task::Task&) override { unused(); }
    void delete_task(base::TaskId) override { unused(); }
    std::optional<base::ExecutionId> insert_execution(const task::Execution&) override { unused(); }
    void save_execution(const task::Execution&) override { unused(); }
    void keep_attempt(base::ExecutionId, const task::Attempt&) override { unused(); }
    void save_output(base::ExecutionId, const store::Output&) override { unused(); }
    void save_log(base::ExecutionId, int, const std::string&) override { unused(); }
    void delete_executions(std::span<const base::ExecutionId>) override { unused(); }
    void add_outcome(base::Instant, task::ExecutionStatus, std::int64_t) override { unused(); }
    void remember_answer(base::UserId, std::string_view, const store::RememberedAnswer&) override {
      unused();
    }
    void forget_answers_before(base::Instant) override { unused(); }
  };

  std::mutex mutex_;
  Content content_;
};

}  // namespace auth
