#include <algorithm>
#include <variant>

#include "store/sqlite/execution_rows.h"
#include "store/sqlite/session.h"

namespace store::sqlite {
namespace {

// The words of the partial indexes, so that the planner knows them again.
constexpr const char* kIsOpen = "status IN ('PENDING', 'RUNNING')";
constexpr const char* kIsNotGood = "status <> 'SUCCESS' AND status <> 'PENDING' AND status <> 'RUNNING'";
#define OPEN_FOR                                                                           \
  "(finished_at - CASE WHEN status = 'MISSED' OR status = 'SKIPPED' THEN min(created_at, " \
  "coalesce(scheduled_at, created_at)) ELSE created_at END)"

// executions_long holds what was open for longer than that.
constexpr std::chrono::seconds kLong{60};

// What was open at an instant ended behind it by less than it was open: of each order of length, in digits of
// milliseconds, only so much of executions_long is read. That is what was open then, and what began within
// ten times its own length after.
constexpr const char* kOpenAt =
    " FROM (SELECT 5 AS digits, 100000 AS longest UNION ALL VALUES (6, 1000000), (7, 10000000), (8, "
    "100000000), "
    "(9, 1000000000), (10, 10000000000), (11, 100000000000), (12, 1000000000000), (13, 10000000000000)) "
    "CROSS JOIN executions INDEXED BY executions_long WHERE " OPEN_FOR " >= 60000 AND length(" OPEN_FOR
    ") = digits AND finished_at >= ? AND finished_at < ? + longest";

constexpr const char* kLastBefore =
    "SELECT id FROM executions WHERE created_at < ? ORDER BY created_at DESC, id DESC LIMIT 1";
constexpr const char* kFirstSince =
    "SELECT id FROM executions WHERE created_at >= ? ORDER BY created_at, id LIMIT 1";

// A statement as it grows, each term with its values.
class Terms {
 public:
  template <class... Values>
  Terms& add(std::string_view text, Values... values) {
    sql_ += text;
    (values_.emplace_back(std::move(values)), ...);
    return *this;
  }
  const std::string& sql() const { return sql_; }
  void bind(SQLite::Statement& statement) const {
    Binder binder(statement);
    for (const auto& value : values_) std::visit([&](const auto& known) { binder << known; }, value);
  }

 private:
  std::string sql_;
  std::vector<std::variant<std::int64_t, Instant, std::string>> values_;
};

void add_before(Terms& terms, const ExecutionQuery& query) {
  if (query.before) terms.add(" AND id < ?", base::parse_decimal(*query.before).value_or(0));
}

// Filters for what another term has made few already.
void add_filters(Terms& terms, const ExecutionQuery& query) {
  if (query.task_id) terms.add(" AND +task_id = ?", query.task_id->value);
  if (query.status) terms.add(" AND +status = ?", std::string(to_string(*query.status)));
  if (query.trigger) terms.add(" AND +trigger = ?", std::string(to_string(*query.trigger)));
}

// It had begun, and not ended, in some part of the window.
void add_window(Terms& terms, const Window& window) {
  terms.add(
      " AND coalesce(started_at, CASE WHEN status = 'MISSED' OR status = 'SKIPPED' THEN scheduled_at END, "
      "created_at) < ? AND (+status IN ('PENDING', 'RUNNING') OR coalesce(finished_at, created_at) >= ?)",
      window.to, window.from);
}

// The narrowest index that the query's terms allow; `+` keeps the planner from choosing a wider one.
void add_narrowest(Terms& terms, const ExecutionQuery& query) {
  // the few that an end started are read by it, and their other terms looked at
  if (query.started_by) {
    terms.add(" WHERE upstream_id = ?", query.started_by->value);
    add_filters(terms, query);
    return;
  }
  const bool open = query.status && !query.task_id && !is_final(*query.status);
  terms.add(open ? " INDEXED BY executions_open WHERE 1" : " WHERE 1");
  if (query.task_id) terms.add(" AND task_id = ?", query.task_id->value);
  if (query.status) {
    const bool narrow = !query.task_id && *query.status != task::ExecutionStatus::success;
    terms.add(narrow ? " AND status = ?" : " AND +status = ?", std::string(to_string(*query.status)));
    if (narrow) terms.add(" AND ").add(open ? kIsOpen : kIsNotGood);
  }
  if (query.trigger) {
    const bool narrow = !query.task_id && !query.status && *query.trigger != task::Trigger::schedule;
    terms.add(narrow ? " AND trigger = ? AND trigger <> 'schedule'" : " AND +trigger = ?",
              std::string(to_string(*query.trigger)));
  }
}

}  // namespace

ExecutionPage Session::list_executions(const ExecutionQuery& query) {
  ExecutionPage page;
  page.items = query.during ? executions_during(query) : executions_made(query);
  if (static_cast<std::int64_t>(page.items.size()) > query.limit) {
    page.items.resize(static_cast<std::size_t>(query.limit));
    page.next_cursor = base::to_string(page.items.back().id);
  }
  return page;
}

std::vector<task::Execution> Session::executions_made(const ExecutionQuery& query) {
  // a time is turned into an id, so that pages need no sorting
  const auto id_at = [&](const char* sql, Instant at, std::int64_t otherwise) {
    auto& statement = connection_.prepare(sql);
    Binder(statement) << at;
    return one_row(statement, [](Row& row) { return row.integer(); }).value_or(otherwise);
  };
  Terms terms;
  terms.add("SELECT " EXECUTION_COLUMNS " FROM executions");
  add_narrowest(terms, query);
  if (query.since)
    terms.add(" AND +created_at >= ? AND id > ?", *query.since,
              id_at(kLastBefore, *query.since - kClockStep, 0));
  if (query.until)
    terms.add(" AND +created_at < ? AND id < ?", *query.until,
              id_at(kFirstSince, *query.until + kClockStep, INT64_MAX));
  add_before(terms, query);
  if (query.during) add_window(terms, *query.during);
  terms.add(" ORDER BY id DESC LIMIT ?", query.limit + 1);
  auto& statement = connection_.prepare_composed(terms.sql());
  terms.bind(statement);
  return all_rows(statement, read_execution);
}

std::vector<task::Execution> Session::executions_during(const ExecutionQuery& query) {
  const auto& [from, to] = *query.during;
  const auto read = [&](Terms terms) {
    add_before(terms, query);
    add_window(terms, *query.during);
    terms.add(" ORDER BY id DESC LIMIT ?", query.limit + 1);
    auto& statement = connection_.prepare_composed("SELECT " EXECUTION_COLUMNS + terms.sql());
    terms.bind(statement);
    return all_rows(statement, read_execution);
  };
  // each that it can be is in exactly one of these, by when it was made
  auto made = query;
  made.since = from - kLong;
  made.until = to + kLong;
  auto rows = executions_made(made);
  const auto join = [&](std::vector<task::Execution> more) {
    rows.insert(rows.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
  };
  Terms open;
  open.add(" FROM executions INDEXED BY executions_open WHERE ").add(kIsOpen);
  if (query.task_id) open.add(" AND task_id = ?", query.task_id->value);
  open.add(" AND created_at < ?", from - kLong);
  add_filters(open, query);
  join(read(std::move(open)));
  Terms before;
  before.add(kOpenAt, from, from).add(" AND created_at < ?", from - kLong);
  add_filters(before, query);
  join(read(std::move(before)));
  Terms after;
  after.add(kOpenAt, to, to).add(" AND created_at >= ?", to + kLong);
  add_filters(after, query);
  join(read(std::move(after)));
  std::ranges::sort(rows, std::ranges::greater{}, &task::Execution::id);
  return rows;
}

}  // namespace store::sqlite
