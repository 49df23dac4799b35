// Rendered task lists, good until the next commit.
#pragma once
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "http/request.h"
#include "http/response.h"

namespace http {

class TaskListCache {
 public:
  // The list for that request as it was rendered at that version, or nothing. Answers If-None-Match with 304.
  std::optional<Response> find(const Request& request, bool show_env, std::uint64_t version);
  Response put(const Request& request, bool show_env, std::uint64_t version, std::string body);

 private:
  struct Entry {
    std::uint64_t version = 0;
    SharedText body;
    std::string etag;
  };
  static constexpr std::size_t kMaxEntries = 128;
  static constexpr std::size_t kMaxBytes = 16u << 20;
  static constexpr std::size_t kMaxKeyBytes = 1024;

  static std::string key_of(const Request& request, bool show_env);
  static Response answer(const Request& request, const Entry& entry);

  std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
  std::size_t bytes_ = 0;
};

}  // namespace http
