#include "http/canonical_path.h"

#include <gtest/gtest.h>

namespace http {
namespace {

struct PathCase {
  std::string_view target;
  std::optional<std::string_view> path;
};

TEST(CanonicalPath, OnlyTheOneFormOfAPathIsTaken) {
  const PathCase cases[] = {
      {"/", "/"},
      {"/tasks", "/tasks"},
      {"/tasks/7/run", "/tasks/7/run"},
      {"/a%20b", "/a b"},
      {"/b%C3%B6b",
       "/b\xC3\xB6"
       "b"},
      {"/b%c3%b6b",
       "/b\xC3\xB6"
       "b"},
      {"/a;b=c,d@e:f", "/a;b=c,d@e:f"},
      {"/...", "/..."},
      {"http://localhost:8000/tasks", "/tasks"},
      {"", std::nullopt},
      {"tasks", std::nullopt},
      {"*", std::nullopt},
      {"//", std::nullopt},
      {"//tasks", std::nullopt},
      {"/tasks/", std::nullopt},
      {"/tasks//7", std::nullopt},
      {"/./tasks", std::nullopt},
      {"/tasks/../users", std::nullopt},
      {"/tasks/..", std::nullopt},
      {"/tasks/%2e%2e/users", std::nullopt},
      {"/tasks/%2E", std::nullopt},
      {"/tasks%2F7", std::nullopt},
      {"/tasks%2f7", std::nullopt},
      {"/tasks%5C7", std::nullopt},
      {"/tasks\\7", std::nullopt},
      {"/%74asks", std::nullopt},
      {"/tasks%00", std::nullopt},
      {"/tasks%0a", std::nullopt},
      {"/tasks%", std::nullopt},
      {"/tasks%4", std::nullopt},
      {"/tasks%zz", std::nullopt},
      {"/%FF", std::nullopt},
      {"/%C0%AF", std::nullopt},
      {"/tasks#top", std::nullopt},
      {"/a b", std::nullopt},
      {"/\xC3\xB6", std::nullopt},
      {"http://", std::nullopt},
      {"http:///tasks", std::nullopt},
  };
  for (const auto& [target, path] : cases) {
    const auto parts = split_target(target);
    EXPECT_EQ(parts.has_value(), path.has_value()) << target;
    EXPECT_EQ(parts ? parts->path : std::string(), path.value_or("")) << target;
  }
}

TEST(CanonicalPath, QueryAndAuthorityAreKeptApart) {
  const auto parts = split_target("http://box:80/tasks?search=a/b%20c&x=");
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->path, "/tasks");
  EXPECT_EQ(parts->query, "search=a/b%20c&x=");
  EXPECT_EQ(parts->authority, "box:80");
}

}  // namespace
}  // namespace http
