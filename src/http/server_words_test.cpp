#include "http/server_words.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <chrono>
#include <fstream>
#include <sstream>

namespace http {
namespace {

std::string chinese(std::string_view sentence) {
  return server_words(Language::chinese, sentence);
}

TEST(ServerWords, AreThoseOfThePage) {
  std::ostringstream text;
  text << std::ifstream(SERVER_WORDS_CASES).rdbuf();
  const auto cases = boost::json::parse(text.str());
  EXPECT_GT(cases.as_array().size(), 40u);
  for (const auto& each : cases.as_array())
    EXPECT_EQ(chinese(each.at(0).as_string()), std::string_view(each.at(1).as_string()));
}

TEST(ServerWords, StayInEnglishForReadersOfEnglish) {
  EXPECT_EQ(server_words(Language::english, "exit code 3"), "exit code 3");
}

TEST(ServerWords, TellNestedSentencesApartOnlySoFar) {
  std::string sentence;
  for (int i = 0; i < 100'000; ++i) sentence += "attempt 1 of 2 failed: ";
  EXPECT_TRUE(chinese(sentence + "exit code 3").ends_with("attempt 1 of 2 failed: exit code 3"));
}

// What a user wrote is part of many sentences, and may be as long as a body and made of what patterns look
// for.
TEST(ServerWords, AreFoundInALongSentenceInTheTimeOfOneReading) {
  for (const std::string part :
       {"' is not a number in 0-2 or a name ", "{", "' ", " (column 1", "; ", "1."}) {
    std::string line;
    while (line.size() < 1'000'000) line += part;
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(chinese("'" + line + "' is not NAME=value"), "“" + line + "”不是 NAME=value 的形式");
    chinese("hour '" + line);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20)) << part;
  }
}

}  // namespace
}  // namespace http
