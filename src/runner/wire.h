// Numbers and strings to bytes and back. A Reader that met a wrong byte stays failed and gives zeros.
#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace runner {

class Writer {
 public:
  explicit Writer(std::string& to) : to_(to) {}

  void u8(std::uint8_t value) { to_ += static_cast<char>(value); }
  void i64(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    for (int shift = 0; shift < 64; shift += 8) to_ += static_cast<char>(bits >> shift & 0xff);
  }
  void text(std::string_view value) {
    i64(static_cast<std::int64_t>(value.size()));
    to_ += value;
  }
  template <class Items, class Each>
  void list(const Items& items, const Each& each) {
    i64(static_cast<std::int64_t>(items.size()));
    for (const auto& item : items) each(item);
  }

 private:
  std::string& to_;
};

class Reader {
 public:
  explicit Reader(std::string_view from) : rest_(from) {}

  std::uint8_t u8() {
    if (rest_.empty()) return fail();
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  bool flag() {
    const auto value = u8();
    if (value > 1) fail();
    return value == 1;
  }
  std::int64_t i64() {
    if (rest_.size() < 8) return fail();
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 8; ++i) bits |= std::uint64_t{static_cast<std::uint8_t>(rest_[i])} << (8 * i);
    rest_.remove_prefix(8);
    return static_cast<std::int64_t>(bits);
  }
  std::string text() {
    const auto size = i64();
    if (size < 0 || static_cast<std::uint64_t>(size) > rest_.size()) return fail(), std::string();
    std::string value(rest_.substr(0, static_cast<std::size_t>(size)));
    rest_.remove_prefix(static_cast<std::size_t>(size));
    return value;
  }
  template <class Item, class Each>
  std::vector<Item> list(const Each& each) {
    const auto size = i64();
    // each item takes a byte at the least, so a count beyond the rest is a lie
    if (size < 0 || static_cast<std::uint64_t>(size) > rest_.size()) return fail(), std::vector<Item>();
    std::vector<Item> items;
    for (std::int64_t i = 0; i < size && !failed_; ++i) items.push_back(each());
    return items;
  }

  bool done() const { return !failed_ && rest_.empty(); }

 private:
  std::uint8_t fail() {
    failed_ = true;
    rest_ = {};
    return 0;
  }
  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace runner
