#include "base/json_text.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <limits>

namespace base {
namespace {

namespace json = boost::json;

TEST(JsonText, WritesNumbersAsPeopleDo) {
  EXPECT_EQ(to_json_text(0.2), "0.2");
  EXPECT_EQ(to_json_text(json::array{10.0, -0.5, 1.5, 600.0, 0.1, 86400.25}),
            "[10,-0.5,1.5,600,0.1,86400.25]");
  EXPECT_EQ(to_json_text(json::array{INT64_MIN, UINT64_MAX, 0}),
            "[-9223372036854775808,18446744073709551615,0]");
  EXPECT_EQ(to_json_text(json::array{std::numeric_limits<double>::quiet_NaN(),
                                     -std::numeric_limits<double>::infinity()}),
            "[null,null]");
}

TEST(JsonText, EveryNumberIsReadBackAsItWas) {
  for (const double number : {0.2, 1.0 / 3, 1e300, -1e-300, 5e-324, 123456789.125, 1e17, 0.0}) {
    const auto back = json::parse(to_json_text(number));
    EXPECT_EQ(back.to_number<double>(), number);
  }
}

TEST(JsonText, IsElseWhatTheLibraryWrites) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  const json::value values[] = {
      nullptr,
      true,
      "",
      json::string(all),
      json::array{},
      json::object{},
      json::array{json::array{}, json::object{}, json::array{json::array{1}}},
      json::object{{"a\n\"b\\", json::array{1, "x", nullptr, false}}, {"夜间", json::object{{"\x01", 2}}}}};
  for (const auto& value : values) EXPECT_EQ(to_json_text(value), json::serialize(value));
}

}  // namespace
}  // namespace base
