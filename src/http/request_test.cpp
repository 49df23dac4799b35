#include "http/request.h"

#include <gtest/gtest.h>

namespace http {
namespace {

TEST(Request, TheLanguageFollowsTheBrowser) {
  struct Case {
    std::string_view accept;
    Language language;
  };
  const Case cases[] = {{"", Language::english},
                        {"zh", Language::chinese},
                        {"zh-CN,zh;q=0.9,en;q=0.8", Language::chinese},
                        {"en-US,en;q=0.9,zh-CN;q=0.8", Language::english},
                        {"fr, zh-TW;q=0.5", Language::chinese},
                        {"en;q=0.3, zh;q=0.7", Language::chinese},
                        {"*", Language::english},
                        {"zh;q=0", Language::english}};
  for (const auto& [accept, language] : cases) {
    Request request;
    request.headers.add("Accept-Language", std::string(accept));
    EXPECT_EQ(request.language(), language) << accept;
  }
  Request chosen;
  chosen.headers.add("Accept-Language", "zh");
  chosen.headers.add("Cookie", "a=b; language=en");
  EXPECT_EQ(chosen.language(), Language::english);
}

TEST(Request, ABrowserIsKnownByTheTypeThatItAsksFor) {
  Request request;
  request.headers.add("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
  EXPECT_TRUE(request.accepts("text/html"));
  request.headers.set("Accept", "*/*");
  EXPECT_FALSE(request.accepts("text/html"));
  request.headers.set("Accept", "text/html;q=0");
  EXPECT_FALSE(request.accepts("text/html"));
}

TEST(Request, FormsAreReadStrictly) {
  Request request;
  request.headers.add("content-type", "application/x-www-form-urlencoded");
  request.body = "a=1+2&b=%C3%B6&a=3&empty=&flag";
  const auto form = request.form();
  ASSERT_TRUE(form);
  EXPECT_EQ(form->find("a"), "1 2");
  EXPECT_EQ(form->all("a").size(), 2u);
  EXPECT_EQ(form->find("b"), "\xC3\xB6");
  EXPECT_EQ(form->find("empty"), "");
  EXPECT_EQ(form->find("flag"), "");
  EXPECT_FALSE(form->find("none"));
  request.body = "a=%ED%A0%80";
  EXPECT_EQ(request.form().error().kind, base::ErrorKind::malformed);
  request.body = std::string(2 * (kMaxParameters + 1), 'a');
  for (std::size_t at = 1; at < request.body.size(); at += 2) request.body[at] = '&';
  EXPECT_EQ(request.form().error().kind, base::ErrorKind::malformed);
}

TEST(Request, HeadersAreFoundInAnyCase) {
  Headers headers;
  headers.add("X-One", "1");
  headers.add("x-ONE", "2");
  EXPECT_EQ(headers.find("X-ONE"), "1");
  EXPECT_EQ(headers.count("x-one"), 2u);
  headers.set("x-one", "3");
  EXPECT_EQ(headers.count("x-one"), 1u);
  EXPECT_EQ(headers.find("x-one"), "3");
}

}  // namespace
}  // namespace http
