#include "http/server_words.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <optional>
#include <unordered_map>
#include <vector>

extern "C" const char scheduler_server_words[];
extern "C" const char scheduler_server_words_end[];

namespace http {
namespace {

namespace json = boost::json;

// A name in a sentence may be the user's, and look like one more sentence around it.
constexpr int kMaxNesting = 8;
constexpr auto kNowhere = std::string_view::npos;

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_name_part(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// "exit code {n}" as what stands round its places, one more than there are names.
struct Template {
  std::vector<std::string_view> literals, names;

  explicit Template(std::string_view text) {
    std::size_t begin = 0;
    for (auto at = text.find('{'); at != kNowhere; at = text.find('{', at + 1)) {
      auto end = at + 1;
      while (end < text.size() && is_name_part(text[end])) ++end;
      if (end == at + 1 || end == text.size() || text[end] != '}') continue;
      literals.push_back(text.substr(begin, at - begin));
      names.push_back(text.substr(at + 1, end - at - 1));
      begin = end + 1;
    }
    literals.push_back(text.substr(begin));
  }

  std::string own_words() const {
    std::string all;
    for (const auto literal : literals) all += literal;
    return all;
  }
};

struct Pattern {
  Template sentence, translation;
  std::size_t weight = sentence.own_words().size();
};

// Looks for the pattern in a sentence. A value is as short as can be, a number or a range as long as can be.
// Each place is tried from one position on at most once, so the time grows no faster than the sentence.
class Search {
 public:
  Search(const Template& pattern, std::string_view sentence)
      : pattern_(pattern),
        sentence_(sentence),
        values_(pattern.names.size()),
        hopeless_from_(pattern.names.size(), kNowhere) {}

  bool succeeds() {
    return sentence_.starts_with(pattern_.literals.front()) &&
           sentence_.ends_with(pattern_.literals.back()) && goes_on(0, 0);
  }

  // The value of that name; of two the last, none where the pattern has no such name.
  std::optional<std::string_view> value(std::string_view name) const {
    for (auto place = pattern_.names.size(); place-- > 0;) {
      if (pattern_.names[place] == name) return values_[place];
    }
    return std::nullopt;
  }

 private:
  bool goes_on(std::size_t part, std::size_t at) {
    const auto literal = pattern_.literals[part];
    if (!sentence_.substr(at).starts_with(literal)) return false;
    at += literal.size();
    if (part == values_.size()) return at == sentence_.size();
    const auto name = pattern_.names[part];
    if (name == "n" || name == "m") return takes_number(part, at);
    if (name == "range") return takes_longest(part, at, at + 1, sentence_.find_first_of(" \t\r\n", at));
    return takes_shortest(part, at);
  }

  bool takes_number(std::size_t part, std::size_t at) {
    const auto digits = sentence_.substr(at).starts_with('-') ? at + 1 : at;
    return takes_longest(part, at, digits + 1, sentence_.find_first_not_of("0123456789.", digits));
  }

  // The end of the value is `longest` or before it, not before `shortest`.
  bool takes_longest(std::size_t part, std::size_t at, std::size_t shortest, std::size_t longest) {
    for (auto end = std::min(longest, sentence_.size()); end >= shortest; --end) {
      if (takes(part, at, end)) return true;
    }
    return false;
  }

  bool takes_shortest(std::size_t part, std::size_t at) {
    if (at >= hopeless_from_[part]) return false;
    const auto next = pattern_.literals[part + 1];
    for (auto end = sentence_.find(next, at + 1); end != kNowhere; end = sentence_.find(next, end + 1)) {
      if (takes(part, at, end)) return true;
    }
    hopeless_from_[part] = at;
    return false;
  }

  bool takes(std::size_t part, std::size_t at, std::size_t end) {
    if (!goes_on(part + 1, end)) return false;
    values_[part] = sentence_.substr(at, end - at);
    return true;
  }

  const Template& pattern_;
  std::string_view sentence_;
  std::vector<std::string_view> values_;
  std::vector<std::size_t> hopeless_from_;
};

using Entry = std::pair<std::string_view, std::string_view>;  // English, Chinese

std::vector<std::string_view> parts_of(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  for (auto at = text.find(separator); at != kNowhere; at = text.find(separator)) {
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + separator.size());
  }
  parts.push_back(text);
  return parts;
}

// Whether a half of a sentence says enough to be known by itself: one that is hardly more than a value would
// fit anything.
bool stands_alone(std::string_view half, std::string_view chinese) {
  const Template known(half);
  const auto own = known.own_words();
  bool two_words = false;
  for (std::size_t i = 1; i + 1 < own.size(); ++i)
    two_words = two_words || (own[i] == ' ' && is_lower(own[i - 1]) && is_lower(own[i + 1]));
  if (!two_words || half.starts_with("{said")) return false;
  const auto wanted = Template(chinese).names;
  return std::all_of(wanted.begin(), wanted.end(), [&](std::string_view name) {
    return std::find(known.names.begin(), known.names.end(), name) != known.names.end();
  });
}

// What is wrong and how to mend it come apart where the server tells of a line: "why; mend" is known by its
// halves, too.
std::vector<Entry> halves_of(const Entry& entry) {
  const auto english = parts_of(entry.first, "; ");
  const auto chinese = parts_of(entry.second, "；");
  if (english.size() != 2 || chinese.size() != 2) return {};
  if (!stands_alone(english[0], chinese[0]) || !stands_alone(english[1], chinese[1])) return {};
  return {{english[0], chinese[0]}, {english[1], chinese[1]}};
}

std::vector<Entry> entries_of(const json::value& groups) {
  std::vector<Entry> entries;
  for (const auto& [group, pairs] : groups.as_object()) {
    for (const auto& [english, chinese] : pairs.as_object())
      entries.emplace_back(english, chinese.as_string());
  }
  return entries;
}

// The whole table, ready to be searched.
class ServerWords {
 public:
  explicit ServerWords(std::string_view table) : table_(json::parse(table)) {
    const auto terms = entries_of(table_.at("terms"));
    terms_.insert(terms.begin(), terms.end());
    const auto sentences = entries_of(table_.at("sentences"));
    for (const auto& entry : sentences) {
      for (const auto& half : halves_of(entry)) add(half);
    }
    for (const auto& entry : sentences) add(entry);
    // Of several that fit, the one with the most words of its own counts.
    std::stable_sort(patterns_.begin(), patterns_.end(),
                     [](const Pattern& one, const Pattern& other) { return one.weight > other.weight; });
  }

  std::string translated(std::string_view sentence, int nesting = 0) const {
    if (const auto term = terms_.find(sentence); term != terms_.end()) return std::string(term->second);
    if (nesting == kMaxNesting) return std::string(sentence);
    for (const auto& pattern : patterns_) {
      if (pattern.weight > sentence.size()) continue;
      Search search(pattern.sentence, sentence);
      if (search.succeeds()) return filled(pattern.translation, search, nesting);
    }
    return std::string(sentence);
  }

 private:
  void add(const Entry& entry) { patterns_.push_back({Template(entry.first), Template(entry.second)}); }

  std::string filled(const Template& translation, const Search& search, int nesting) const {
    std::string text(translation.literals.front());
    for (std::size_t place = 0; place < translation.names.size(); ++place) {
      const auto name = translation.names[place];
      const auto value = search.value(name);
      text += value ? value_words(name, *value, nesting) : "{" + std::string(name) + "}";
      text += translation.literals[place + 1];
    }
    return text;
  }

  // A value called `field` or `said…` is itself translated, others stand as they are.
  std::string value_words(std::string_view name, std::string_view value, int nesting) const {
    if (name.starts_with("said")) return translated(value, nesting + 1);
    const auto term = name == "field" ? terms_.find(value) : terms_.end();
    return std::string(term == terms_.end() ? value : term->second);
  }

  json::value table_;
  std::unordered_map<std::string_view, std::string_view> terms_;
  std::vector<Pattern> patterns_;
};

}  // namespace

std::string server_words(Language language, std::string_view sentence) {
  if (language == Language::english) return std::string(sentence);
  static const ServerWords words({scheduler_server_words, scheduler_server_words_end});
  return words.translated(sentence);
}

}  // namespace http
