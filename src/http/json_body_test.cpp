#include "http/json_body.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace http {
namespace {

TEST(JsonBody, ReadsWhatIsJson) {
  for (const std::string_view text :
       {"{}", "[]", "null", "-1.5e3", "\"\\u00e9\"", "  {\"a\": {\"a\": [1, \"x\", true, null]}}  ",
        "{\"a\":18446744073709551615,\"b\":-9223372036854775808}"}) {
    const auto value = parse_json(text);
    ASSERT_TRUE(value) << text << ": " << value.error().message;
    EXPECT_EQ(*value, boost::json::parse(text)) << text;
  }
}

TEST(JsonBody, RefusesWhatIsNoStrictJson) {
  const std::string deep(kMaxJsonDepth + 1, '[');
  for (const std::string& text : {std::string(""),
                                  std::string("{"),
                                  std::string("{\"a\":1,}"),
                                  std::string("{'a':1}"),
                                  std::string("{} x"),
                                  std::string("{}{}"),
                                  std::string("// c\n{}"),
                                  std::string("{\"a\":1,\"a\":2}"),
                                  std::string("{\"x\":{\"k\":1,\"\\u006b\":2}}"),
                                  std::string("\"\xFF\""),
                                  std::string("\"\xC0\xAF\""),
                                  std::string("\"\xED\xA0\x80\""),
                                  std::string("\"\\ud800\""),
                                  std::string("01"),
                                  std::string("NaN"),
                                  std::string("1e999"),
                                  std::string("[-1e999]"),
                                  std::string("\xEF\xBB\xBF{}"),
                                  deep + std::string(kMaxJsonDepth + 1, ']'),
                                  std::string("{\"\":1,\"\":2}")}) {
    const auto value = parse_json(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().kind, base::ErrorKind::malformed) << text;
  }
  EXPECT_TRUE(parse_json(std::string(kMaxJsonDepth, '[') + std::string(kMaxJsonDepth, ']')));
}

TEST(JsonBody, NamesTheKeyThatStandsTwice) {
  EXPECT_NE(parse_json("{\"name\":1,\"cron\":2,\"name\":3}").error().message.find("\"name\""),
            std::string::npos);
}

TEST(JsonBody, AsksForTheContentTypeAndAnObject) {
  Request request;
  request.body = "{}";
  EXPECT_EQ(read_json_object(request).error().kind, base::ErrorKind::unsupported_media);
  request.headers.add("Content-Type", "text/plain");
  EXPECT_EQ(read_json_object(request).error().kind, base::ErrorKind::unsupported_media);
  request.headers.set("Content-Type", "Application/JSON; charset=utf-8");
  EXPECT_TRUE(read_json_object(request));
  request.body = "[1]";
  EXPECT_EQ(read_json_object(request).error().kind, base::ErrorKind::invalid);
  request.body = "";
  EXPECT_EQ(read_json_object(request).error().kind, base::ErrorKind::malformed);
  EXPECT_TRUE(read_optional_json_object(request));
}

}  // namespace
}  // namespace http
