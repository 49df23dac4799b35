#include "base/time.h"

#include <charconv>
#include <cstdio>

namespace base {
namespace {

using namespace std::chrono;

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<int> digits(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    int number = 0;
    auto [end, code] = std::from_chars(rest_.data(), rest_.data() + count, number);
    if (code != std::errc{} || end != rest_.data() + count || rest_.front() == '-') return std::nullopt;
    rest_.remove_prefix(count);
    return number;
  }

  std::optional<int> fraction_ms() {
    int ms = 0;
    int scale = 100;
    std::size_t length = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      ms += scale * (rest_.front() - '0');
      scale /= 10;
      rest_.remove_prefix(1);
      ++length;
    }
    return length == 0 || length > 9 ? std::nullopt : std::optional{ms};
  }

  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<minutes> read_offset(Reader& in) {
  if (in.done() || in.take('Z') || in.take('z')) return minutes{0};
  const bool negative = in.take('-');
  if (!negative && !in.take('+')) return std::nullopt;
  auto hour = in.digits(2);
  in.take(':');
  auto minute = in.digits(2);
  if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  auto offset = hours{*hour} + minutes{*minute};
  return negative ? -offset : offset;
}

}  // namespace

std::string to_iso(Instant at) {
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{at - day};
  char text[40];
  int length =
      std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                    static_cast<int>(time.seconds().count()));
  const auto ms = static_cast<int>(time.subseconds().count());
  if (ms != 0)
    length += std::snprintf(text + length, sizeof text - static_cast<std::size_t>(length), ".%03d", ms);
  text[length] = 'Z';
  return {text, static_cast<std::size_t>(length) + 1};
}

std::optional<Instant> parse_iso(std::string_view text) {
  Reader in(text);
  auto y = in.digits(4);
  if (!y || !in.take('-')) return std::nullopt;
  auto m = in.digits(2);
  if (!m || !in.take('-')) return std::nullopt;
  auto d = in.digits(2);
  if (!d) return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)}, day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return std::nullopt;
  const Instant midnight = sys_days{date};
  if (in.done()) return midnight;
  if (!in.take('T') && !in.take('t') && !in.take(' ')) return std::nullopt;
  auto hour = in.digits(2);
  if (!hour || !in.take(':')) return std::nullopt;
  auto minute = in.digits(2);
  if (!minute) return std::nullopt;
  int second = 0;
  int ms = 0;
  if (in.take(':')) {
    auto whole = in.digits(2);
    if (!whole) return std::nullopt;
    second = *whole;
    if (in.take('.') || in.take(',')) {
      auto fraction = in.fraction_ms();
      if (!fraction) return std::nullopt;
      ms = *fraction;
    }
  }
  if (*hour > 23 || *minute > 59 || second > 59) return std::nullopt;
  auto offset = read_offset(in);
  if (!offset || !in.done()) return std::nullopt;
  return midnight + hours{*hour} + minutes{*minute} + seconds{second} + milliseconds{ms} - *offset;
}

}  // namespace base
