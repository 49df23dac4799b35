// A page of 50 executions, newest and deep, through the store and as the same bare SQL: what the store costs
// over the database. STORE_BENCH_ROWS (default 200000) executions lie in a temporary file; 10000000 take
// about five minutes to make and 3 GB.
#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "store/sqlite/sqlite_store.h"

namespace {

using store::ExecutionId;

constexpr std::int64_t kTasks = 100;
constexpr std::int64_t kInsertedAtOnce = 1000;
constexpr std::int64_t kPage = 50;
const base::Instant kStart = base::parse_iso("2026-01-01T00:00:00Z").value();

std::int64_t row_count() {
  const char* text = std::getenv("STORE_BENCH_ROWS");
  return text == nullptr ? 200'000 : std::atoll(text);
}

task::Execution execution_of(std::int64_t number) {
  task::Execution execution;
  execution.task_id = base::TaskId{1 + number % kTasks};
  execution.task_name = "nightly backup";
  execution.status = execution.attempt.status =
      number % 50 == 0 ? task::ExecutionStatus::failed : task::ExecutionStatus::success;
  execution.triggered_by = "schedule";
  const auto at = kStart + std::chrono::seconds(number);
  execution.scheduled_at = execution.due_at = execution.created_at = at;
  execution.started_at = execution.finished_at = execution.attempt.started_at = at;
  execution.attempt.exit_code = 0;
  execution.node = "local";
  return execution;
}

// The file, its store, and a bare connection beside it; gone at the end.
class Database {
 public:
  Database() {
    auto name = (std::filesystem::temp_directory_path() / "store-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    folder_ = name;
    store_ = store::open_sqlite({.path = folder_ / "scheduler.db"}).value();
    write([](store::Transaction& transaction) {
      for (std::int64_t i = 0; i < kTasks; ++i) transaction.insert_task({.definition = {.name = "task"}});
    });
    for (std::int64_t made = 0; made < rows_; made += kInsertedAtOnce) {
      write([&](store::Transaction& transaction) {
        for (std::int64_t i = 0; i < kInsertedAtOnce; ++i)
          transaction.insert_execution(execution_of(made + i));
      });
    }
    sqlite3_open_v2((folder_ / "scheduler.db").c_str(), &bare_, SQLITE_OPEN_READONLY, nullptr);
    std::cout << rows_ << " executions\n";
  }
  ~Database() {
    sqlite3_close(bare_);
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::int64_t rows() const { return rows_; }
  store::Store& store() { return *store_; }
  sqlite3* bare() { return bare_; }

 private:
  void write(const std::function<void(store::Transaction&)>& act) {
    const auto kept = store_->write([&](store::Transaction& transaction) {
      act(transaction);
      return base::Result<void>();
    });
    if (!kept) std::abort();
  }

  const std::int64_t rows_ = row_count();
  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
  sqlite3* bare_ = nullptr;
};

Database& database() {
  static Database database;
  return database;
}

void page_of_store(benchmark::State& state, store::ExecutionQuery query) {
  query.limit = kPage;
  database();  // is made by whoever comes first, outside of the measured loop
  for (auto _ : state) {
    database().store().read([&](store::Reader& reader) {
      const auto page = reader.list_executions(query);
      if (page.items.size() != kPage) state.SkipWithError("the page is not full");
      benchmark::DoNotOptimize(page.items.data());
    });
  }
}

// One prepared statement, every column read, nothing kept.
void page_of_sql(benchmark::State& state, const std::string& where, std::int64_t value) {
  sqlite3_stmt* statement = nullptr;
  const auto sql = "SELECT * FROM executions WHERE " + where + " ORDER BY id DESC LIMIT 51";
  if (sqlite3_prepare_v2(database().bare(), sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) std::abort();
  for (auto _ : state) {
    sqlite3_bind_int64(statement, 1, value);
    int rows = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
      ++rows;
      for (int column = 0; column < sqlite3_column_count(statement); ++column) {
        benchmark::DoNotOptimize(sqlite3_column_blob(statement, column));
      }
    }
    sqlite3_reset(statement);
    if (rows != kPage + 1) state.SkipWithError("the page is not full");
  }
  sqlite3_finalize(statement);
}

std::int64_t deep() {
  return database().rows() / 2;
}

void newest_page_store(benchmark::State& state) {
  page_of_store(state, {});
}
void newest_page_sql(benchmark::State& state) {
  page_of_sql(state, "id < ?", INT64_MAX);
}
void deep_page_store(benchmark::State& state) {
  page_of_store(state, {.before = std::to_string(deep())});
}
void deep_page_sql(benchmark::State& state) {
  page_of_sql(state, "id < ?", deep());
}
void page_of_task_store(benchmark::State& state) {
  page_of_store(state, {.task_id = base::TaskId{7}});
}
void page_of_task_sql(benchmark::State& state) {
  page_of_sql(state, "task_id = ?", 7);
}
void failed_page_store(benchmark::State& state) {
  page_of_store(state, {.status = task::ExecutionStatus::failed});
}

BENCHMARK(newest_page_store)->Unit(benchmark::kMicrosecond);
BENCHMARK(newest_page_sql)->Unit(benchmark::kMicrosecond);
BENCHMARK(deep_page_store)->Unit(benchmark::kMicrosecond);
BENCHMARK(deep_page_sql)->Unit(benchmark::kMicrosecond);
BENCHMARK(page_of_task_store)->Unit(benchmark::kMicrosecond);
BENCHMARK(page_of_task_sql)->Unit(benchmark::kMicrosecond);
BENCHMARK(failed_page_store)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
