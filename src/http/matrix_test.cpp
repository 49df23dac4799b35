// Every route of the whole program against the list of rights that stands apart from them.
#include "auth/accounts.h"
#include "auth/audit_log.h"
#include "auth/fake_store.h"
#include "auth/first_run.h"
#include "auth/second_factor.h"
#include "auth/secrets.h"
#include "auth/sessions.h"
#include "auth/tokens.h"
#include "http/api.h"
#include "http/handlers/settings_handlers.h"
#include "http/handlers/task_handlers.h"
#include "http/rights_matrix.h"
#include "service/service_fixture.h"

namespace http {
namespace {

using rights::Right;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Asset kFile{"/favicon.svg", "image/svg+xml", "\"1\"", "x", "", "", false};

class MatrixTest : public service::ServiceTest {
 protected:
  Router build() {
    return build_router(
        {.store = accounts_store_,
         .clock = clock_,
         .accounts = accounts_,
         .sessions = sessions_,
         .tokens = tokens_,
         .factors = factors_,
         .first_run = first_run_,
         .secrets = secrets_,
         .audit = audit_,
         .version = "1",
         .find_asset = [](std::string_view path) { return path == kFile.path ? &kFile : nullptr; },
         .checks = {},
         .facts = {},
         .metrics = {},
         .more_routes = {[this](Router& router) {
           add_all_task_routes(router, {*tasks_, executions_, ledger_, forecast_, events_, *store_, clock_});
           register_settings_routes(router, [] { return boost::json::array(); });
         }}});
  }

  auth::FakeStore accounts_store_;
  auth::Passwords passwords_{{1, 8192}};
  auth::IdentityCache cache_;
  auth::Accounts accounts_{accounts_store_, clock_, passwords_, cache_, {}};
  auth::Sessions sessions_{accounts_store_, clock_, accounts_, passwords_, cache_, std::string(32, 'k')};
  auth::Tokens tokens_{accounts_store_, clock_, cache_};
  auth::Sealer sealer_{auth::KeyRing(std::string(43, 's'))};
  auth::SecondFactors factors_{accounts_store_, clock_, sealer_};
  auth::FirstRun first_run_{accounts_store_, clock_, accounts_, sessions_};
  auth::Secrets secrets_{accounts_store_, clock_, sealer_};
  auth::AuditLog audit_{accounts_store_, clock_, std::string(auth::FakeStore::kAuditKey), {}};
  service::ExecutionService executions_{*store_, *engine_, clock_};
  service::LedgerView ledger_{*store_, *tasks_, clock_};
  service::Forecast forecast_{*store_, *tasks_, clock_, {}};
  service::EventHub events_{clock_};
  const RightsList list_ = RightsList::read(RIGHTS_LIST);
};

TEST_F(MatrixTest, EveryRouteHasItsLineAndEveryLineItsRoute) {
  ASSERT_THAT(list_.lines, SizeIs(testing::Gt(50u)));
  EXPECT_THAT(list_mistakes(build(), list_), IsEmpty());
}

TEST_F(MatrixTest, EveryCallerGetsWhatTheListSaysWithEveryMethodAndSpelling) {
  EXPECT_THAT(matrix_mistakes(build(), list_, MatrixSize::whole), IsEmpty());
}

// Each right of each route is put in the place of the declared one: the matrix must see it. signed_in and
// read are held by the same callers, so only the list tells these two apart.
TEST_F(MatrixTest, TheMatrixSeesEachRouteWhoseRightIsAnother) {
  const auto whole = build();
  for (const auto& changed : whole.routes()) {
    for (const Right other :
         {Right::anyone, Right::signed_in, Right::read, Right::run, Right::edit, Right::administer}) {
      if (other == changed->right) continue;
      Router mutant;
      Route copy = *changed;
      copy.right = other;
      mutant.add(copy);
      EXPECT_THAT(list_mistakes(mutant, list_),
                  Contains(HasSubstr(changed->path + ": the list has another")));
      const bool same_callers = (other == Right::read && changed->right == Right::signed_in) ||
                                (other == Right::signed_in && changed->right == Right::read);
      if (same_callers) continue;
      EXPECT_THAT(matrix_mistakes(mutant, list_, MatrixSize::rights_only), testing::Not(IsEmpty()))
          << to_string(changed->method) << ' ' << changed->path;
    }
  }
}

TEST_F(MatrixTest, ARouteWithoutALineIsSeen) {
  auto router = build();
  router.add({.method = Method::get,
              .path = "/forgotten",
              .right = Right::anyone,
              .handler = [](const Request&) { return Response::no_content(); },
              .doc = {}});
  EXPECT_THAT(list_mistakes(router, list_), Contains(HasSubstr("GET /forgotten")));
}

}  // namespace
}  // namespace http
