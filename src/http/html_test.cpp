#include "http/html.h"

#include <gtest/gtest.h>

#include <type_traits>

namespace http {
namespace {

TEST(Html, EscapesWhatIsText) {
  EXPECT_EQ(Html("<b>").text("<script>'\"&</script>").add("</b>").str(),
            "<b>&lt;script&gt;&#39;&quot;&amp;&lt;/script&gt;</b>");
}

TEST(Html, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(Html().text("a\xff<\xc3").str(), "a\xef\xbf\xbd&lt;\xef\xbf\xbd");
}

TEST(Html, EscapesAPartOnceOnly) {
  EXPECT_EQ(Html().add(Html().text("<")).number(-5).str(), "&lt;-5");
}

TEST(Html, TakesNoMarkupThatWasMadeWhileRunning) {
  static_assert(!std::is_convertible_v<std::string, Markup>);
  static_assert(!std::is_convertible_v<std::string_view, Markup>);
}

}  // namespace
}  // namespace http
