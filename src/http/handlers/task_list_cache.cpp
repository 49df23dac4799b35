#include "http/handlers/task_list_cache.h"

namespace http {

std::string TaskListCache::key_of(const Request& request, bool show_env) {
  return (show_env ? '1' : '0') + request.target;
}

Response TaskListCache::answer(const Request& request, const Entry& entry) {
  if (request.header("If-None-Match") == entry.etag) return Response{.status = 304}.with("ETag", entry.etag);
  return Response::json_text(200, entry.body)
      .with("ETag", entry.etag)
      .with("Cache-Control", "private, no-cache");
}

std::optional<Response> TaskListCache::find(const Request& request, bool show_env, std::uint64_t version) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key_of(request, show_env));
  if (found == entries_.end() || found->second.version != version) return std::nullopt;
  return answer(request, found->second);
}

Response TaskListCache::put(const Request& request, bool show_env, std::uint64_t version, std::string body) {
  const auto hash = std::hash<std::string>{}(body);
  Entry entry{version, std::make_shared<const std::string>(std::move(body)),
              "\"" + std::to_string(hash) + "\""};
  auto response = answer(request, entry);
  auto key = key_of(request, show_env);
  if (key.size() > kMaxKeyBytes || entry.body->size() > kMaxBytes / 4) return response;
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= kMaxEntries || bytes_ + entry.body->size() > kMaxBytes) {
    // all of them are stale after the next commit anyway
    entries_.clear();
    bytes_ = 0;
  }
  auto& slot = entries_[std::move(key)];
  if (slot.body) bytes_ -= slot.body->size();
  bytes_ += entry.body->size();
  slot = std::move(entry);
  return response;
}

}  // namespace http
