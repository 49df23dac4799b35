#include "base/time.h"

#include "base/id.h"

namespace {

struct Case {
  const char* text;
  const char* canonical;  // nullptr: refused
};

TEST(Time, ReadsIsoAndPrintsItInUtc) {
  const Case cases[] = {
      {"2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"},
      {"2026-01-01", "2026-01-01T00:00:00Z"},
      {"2026-01-01 06:07:08", "2026-01-01T06:07:08Z"},
      {"2026-01-01T06:07", "2026-01-01T06:07:00Z"},
      {"2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.500Z"},
      {"2026-01-01T00:00:00.123456Z", "2026-01-01T00:00:00.123Z"},
      {"2026-01-01T08:00:00+08:00", "2026-01-01T00:00:00Z"},
      {"2025-12-31T19:00:00-0500", "2026-01-01T00:00:00Z"},
      {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
      {"2025-02-29T00:00:00Z", nullptr},
      {"2026-13-01", nullptr},
      {"2026-01-01T24:00:00Z", nullptr},
      {"2026-01-01T00:00:00Zx", nullptr},
      {"2026-01-01T00:00:00.Z", nullptr},
      {"2026-1-1", nullptr},
      {"-026-01-01", nullptr},
      {"", nullptr},
  };
  for (const auto& [text, canonical] : cases) {
    const auto instant = base::parse_iso(text);
    ASSERT_EQ(instant.has_value(), canonical != nullptr) << text;
    if (instant) {
      EXPECT_EQ(base::to_iso(*instant), canonical) << text;
    }
  }
}

TEST(Id, IsOneToEighteenDigitsAndNothingElse) {
  EXPECT_EQ(base::parse_id<base::TaskId>("17"), base::TaskId{17});
  for (const char* text : {"", "0", "-1", "+1", "1a", " 1", "1234567890123456789"}) {
    EXPECT_FALSE(base::parse_id<base::TaskId>(text)) << text;
  }
}

}  // namespace
