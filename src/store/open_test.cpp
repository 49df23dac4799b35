#include "store/open.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace store {
namespace {

using testing::HasSubstr;

TEST(OpenStore, SaysWhatIsAllowedWhereTheUrlNamesNoDatabaseItKnows) {
  for (const char* url : {"", "sqlite:", "scheduler.db", "mysql://host/name", "SQLITE:data/scheduler.db"}) {
    const auto store = open_store(url, {});
    ASSERT_FALSE(store) << url;
    EXPECT_EQ(store.error().kind, base::ErrorKind::invalid);
    EXPECT_THAT(store.error().message, HasSubstr("must be sqlite:PATH")) << url;
  }
}

TEST(OpenStore, NeverRepeatsThePasswordOfAUrl) {
  const auto store = open_store("postgresql://user:secret@host/name", {});
  ASSERT_FALSE(store);
  EXPECT_THAT(store.error().message, testing::Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace store
