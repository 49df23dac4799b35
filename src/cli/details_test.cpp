#include "cli/details.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <sstream>

namespace cli {
namespace {

std::string printed(std::string_view text) {
  Details details;
  details.add_fields(boost::json::parse(text).as_object());
  std::ostringstream out;
  details.print(out);
  return out.str();
}

TEST(CliDetails, StandBelowEachOtherWithFieldsOfObjectsNamedByDots) {
  EXPECT_EQ(printed(R"({"id":7,"retry":{"max_attempts":3,"jitter":0.2},"paused":false})"),
            "id                  7\n"
            "retry.max_attempts  3\n"
            "retry.jitter        0.2\n"
            "paused              false\n");
}

TEST(CliDetails, LeaveOutWhatSaysNothing) {
  EXPECT_EQ(printed(R"({"a":null,"b":"","c":[],"d":{},"e":{"f":null},"g":0})"), "g  0\n");
}

TEST(CliDetails, ListsHaveCommasAndTimesNoLetterT) {
  EXPECT_EQ(
      printed(R"({"tags":["ops","Tea"],"codes":[0,3],"last_run_at":"2026-01-01T00:00:00Z","name":"T"})"),
      "tags         ops, Tea\n"
      "codes        0, 3\n"
      "last_run_at  2026-01-01 00:00:00Z\n"
      "name         T\n");
}

TEST(CliDetails, ItemsOfAListMayHaveALineEach) {
  Details details;
  details.add_lines("fires", boost::json::parse(R"(["2026-01-01T00:00:00Z","2026-01-02T00:00:00Z"])"));
  std::ostringstream out;
  details.print(out);
  EXPECT_EQ(out.str(),
            "fires  2026-01-01 00:00:00Z\n"
            "       2026-01-02 00:00:00Z\n");
}

TEST(CliDetails, ShowNoControlCharactersWhereverTheyStand) {
  const auto text = printed(R"({"na\u001bme":"\u001b]0;owned\u0007","env":{"A\u001b":["\u0007"]}})");
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\x07'), std::string::npos);
}

}  // namespace
}  // namespace cli
