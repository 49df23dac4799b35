#include "cron/tzif.h"

#include <chrono>

namespace cron {
namespace {

constexpr std::size_t kHeaderSize = 44;
constexpr std::uint32_t kMaxTransitions = 20000;  // ten times what the longest real file holds
constexpr std::int32_t kMaxOffset = 26 * 3600;    // the bound of RFC 9636
constexpr int kFooterStart = 1969;                // nothing is asked about earlier years

std::int64_t big_endian(std::string_view bytes) {
  std::uint64_t value = (static_cast<unsigned char>(bytes.front()) & 0x80) != 0 ? ~0ULL : 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(value);
}

struct Header {
  char version = 0;
  std::uint32_t utc_flags = 0, standard_flags = 0, leap_seconds = 0, transitions = 0, types = 0, names = 0;

  std::size_t body_size(std::size_t time_size) const {
    return transitions * (time_size + 1) + types * std::size_t{6} + names + leap_seconds * (time_size + 4) +
           standard_flags + utc_flags;
  }
};

std::optional<Header> read_header(std::string_view content) {
  if (content.size() < kHeaderSize || !content.starts_with("TZif")) return std::nullopt;
  const auto count = [&](std::size_t index) {
    return static_cast<std::uint32_t>(big_endian(content.substr(20 + index * 4, 4)));
  };
  Header header{content[4], count(0), count(1), count(2), count(3), count(4), count(5)};
  if (header.types == 0 || header.types > 256 || header.transitions > kMaxTransitions ||
      header.leap_seconds > kMaxTransitions || header.names > kMaxTransitions ||
      header.standard_flags > header.types || header.utc_flags > header.types) {
    return std::nullopt;
  }
  return header;
}

std::optional<ZoneRules> read_body(const Header& header, std::string_view body, std::size_t time_size) {
  const std::string_view indexes = body.substr(header.transitions * time_size, header.transitions);
  const std::string_view types =
      body.substr(header.transitions * (time_size + 1), header.types * std::size_t{6});
  std::vector<std::int32_t> offsets;
  for (std::size_t i = 0; i < header.types; ++i) {
    const auto offset = static_cast<std::int32_t>(big_endian(types.substr(i * 6, 4)));
    if (offset < -kMaxOffset || offset > kMaxOffset) return std::nullopt;
    offsets.push_back(offset);
  }
  ZoneRules rules{offsets.front(), {}};
  for (std::size_t i = 0; i < header.transitions; ++i) {
    const std::int64_t at = big_endian(body.substr(i * time_size, time_size));
    const auto type = static_cast<unsigned char>(indexes[i]);
    if (type >= header.types) return std::nullopt;
    if (!rules.transitions.empty() && at <= rules.transitions.back().at) return std::nullopt;
    rules.transitions.push_back({at, offsets[type]});
  }
  return rules;
}

int year_of(std::int64_t at) {
  using namespace std::chrono;
  constexpr std::int64_t kEnd = 4102444800;  // 2100-01-01: a bound that keeps the conversion in range
  if (at < 0) return kFooterStart;
  const sys_seconds instant{seconds{at < kEnd ? at : kEnd}};
  return static_cast<int>(year_month_day{floor<days>(instant)}.year());
}

void carry_on(ZoneRules& rules, const PosixRule& rule, int last_year) {
  const bool from_file = !rules.transitions.empty();
  const int first_year = from_file ? year_of(rules.transitions.back().at) : kFooterStart;
  if (!from_file && !rule.summer) rules.first_offset = rule.standard_offset;
  const auto further = rule.transitions(first_year, last_year);
  const std::int64_t last = from_file ? rules.transitions.back().at : INT64_MIN;
  for (const Transition& each : further) {
    if (each.at > last) rules.transitions.push_back(each);
  }
}

void drop_changes_of_name_only(ZoneRules& rules) {
  std::int32_t offset = rules.first_offset;
  std::erase_if(rules.transitions, [&](const Transition& each) {
    const bool same = each.offset == offset;
    offset = each.offset;
    return same;
  });
}

}  // namespace

std::optional<ZoneRules> read_tzif(std::string_view content, int last_year) {
  auto header = read_header(content);
  if (!header) return std::nullopt;
  std::size_t time_size = 4;
  content.remove_prefix(kHeaderSize);
  if (header->version >= '2') {
    if (content.size() < header->body_size(time_size)) return std::nullopt;
    content.remove_prefix(header->body_size(time_size));
    time_size = 8;
    header = read_header(content);
    if (!header) return std::nullopt;
    content.remove_prefix(kHeaderSize);
  }
  const std::size_t size = header->body_size(time_size);
  if (content.size() < size || header->leap_seconds != 0) return std::nullopt;
  auto rules = read_body(*header, content.substr(0, size), time_size);
  if (!rules) return std::nullopt;

  content.remove_prefix(size);
  if (header->version >= '2') {
    if (!content.starts_with('\n')) return std::nullopt;
    const std::size_t end = content.find('\n', 1);
    if (end == std::string_view::npos) return std::nullopt;
    if (end > 1) {
      const auto rule = PosixRule::parse(content.substr(1, end - 1));
      if (!rule) return std::nullopt;
      carry_on(*rules, *rule, last_year);
    }
  }
  drop_changes_of_name_only(*rules);
  return rules;
}

}  // namespace cron
