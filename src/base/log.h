// Log lines are events with keys: log::info("task.created", {{"task", id}, {"by", user}}).
// Written to stderr, and to the log file once open_file was called. Any thread. Never given secrets.
#pragma once
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace base::log {

enum class Level { debug, info, warning, error };
enum class Format { text, json };

struct Field {
  Field(std::string_view name, std::string_view text) : key(name), value(text) {}
  Field(std::string_view name, const std::string& text) : key(name), value(text) {}
  Field(std::string_view name, const char* text) : key(name), value(text) {}
  Field(std::string_view name, bool flag) : key(name), value(flag ? "true" : "false"), quoted(false) {}
  template <std::integral Number>
  Field(std::string_view name, Number number) : key(name), value(std::to_string(number)), quoted(false) {}
  template <std::floating_point Number>
  Field(std::string_view name, Number number) : key(name), value(std::to_string(number)), quoted(false) {}
  std::string_view key;
  std::string value;
  bool quoted = true;
};
using Fields = std::initializer_list<Field>;

void set_level(Level level);
void set_format(Format format);

// Also writes to the file, rotated at max_bytes, with `keep` older ones beside it; creates its folder.
// Returns an empty string, or why the file can't be written.
std::string open_file(const std::string& path, std::size_t max_bytes, std::size_t keep);

void write(Level level, std::string_view event, Fields fields);
inline void debug(std::string_view event, Fields fields = {}) {
  write(Level::debug, event, fields);
}
inline void info(std::string_view event, Fields fields = {}) {
  write(Level::info, event, fields);
}
inline void warning(std::string_view event, Fields fields = {}) {
  write(Level::warning, event, fields);
}
inline void error(std::string_view event, Fields fields = {}) {
  write(Level::error, event, fields);
}

// Writes out what is buffered.
void flush();

}  // namespace base::log
