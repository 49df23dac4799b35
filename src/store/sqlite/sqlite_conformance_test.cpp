#include "store/conformance_accounts.h"
#include "store/conformance_backup.h"
#include "store/conformance_chains.h"
#include "store/conformance_execution_lists.h"
#include "store/conformance_executions.h"
#include "store/conformance_task_lists.h"
#include "store/conformance_tasks.h"
#include "store/conformance_transactions.h"
#include "store/sqlite/sqlite_store.h"

namespace store {
namespace {

std::unique_ptr<Store> open_empty(const std::filesystem::path& folder) {
  return open_sqlite({.path = folder / "scheduler.db"}).value();
}

std::unique_ptr<Store> open_copy(const std::filesystem::path& path) {
  return open_sqlite({.path = path}).value();
}

const auto kSqlite = testing::Values(OpenEmptyStore(open_empty));

INSTANTIATE_TEST_SUITE_P(Sqlite, StoredTasks, kSqlite);
INSTANTIATE_TEST_SUITE_P(Sqlite, ListedTasks, kSqlite);
INSTANTIATE_TEST_SUITE_P(Sqlite, StoredExecutions, kSqlite);
INSTANTIATE_TEST_SUITE_P(Sqlite, ListedExecutions, kSqlite);
INSTANTIATE_TEST_SUITE_P(Sqlite, StoredChains, kSqlite);
INSTANTIATE_TEST_SUITE_P(Sqlite, StoredAccounts, kSqlite);
INSTANTIATE_TEST_SUITE_P(Sqlite, StoredHistory, kSqlite);
INSTANTIATE_TEST_SUITE_P(Sqlite, Transactions, kSqlite);
INSTANTIATE_TEST_SUITE_P(Sqlite, Backups, testing::Values(BackupStore{open_empty, open_copy}));

}  // namespace
}  // namespace store
