#include "runner/masker.h"

#include <algorithm>

namespace runner {
namespace {

void add(std::vector<std::string>& values, std::string_view value) {
  while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.remove_suffix(1);
  if (value.size() >= kLeastMaskedBytes) values.emplace_back(value);
}

}  // namespace

bool has_maskable(const std::vector<std::string>& values) {
  return std::any_of(values.begin(), values.end(),
                     [](const auto& value) { return value.size() >= kLeastMaskedBytes; });
}

Masker::Masker(const std::vector<std::string>& values, std::string held) : held_(std::move(held)) {
  for (const auto& value : values) {
    add(values_, value);
    for (std::size_t begin = 0; begin < value.size();) {
      const auto end = std::min(value.find('\n', begin), value.size());
      add(values_, std::string_view(value).substr(begin, end - begin));
      begin = end + 1;
    }
  }
  std::sort(values_.begin(), values_.end(), [](const auto& left, const auto& right) {
    return left.size() != right.size() ? left.size() > right.size() : left < right;
  });
  values_.erase(std::unique(values_.begin(), values_.end()), values_.end());
  for (const auto& value : values_) begins_[static_cast<unsigned char>(value.front())] = true;
}

std::string Masker::feed(std::string_view bytes) {
  held_ += bytes;
  return take(false);
}

std::string Masker::finish() {
  return take(true);
}

std::string Masker::take(bool at_end) {
  std::string out;
  std::size_t at = 0;
  while (at < held_.size()) {
    const auto rest = std::string_view(held_).substr(at);
    const std::string* found = nullptr;
    if (begins_[static_cast<unsigned char>(rest.front())]) {
      for (const auto& value : values_) {
        if (!at_end && rest.size() < value.size() && std::string_view(value).starts_with(rest)) {
          // it may go on in the next piece
          held_.erase(0, at);
          return out;
        }
        if (!rest.starts_with(value)) continue;
        found = &value;
        break;
      }
    }
    if (found != nullptr) {
      out += kMask;
      at += found->size();
    } else {
      out += rest.front();
      ++at;
    }
  }
  held_.clear();
  return out;
}

}  // namespace runner
