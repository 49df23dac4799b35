// Lines of an output found by their number, against the plain way: all of it cut at once.
#include "runner/line_index.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <random>
#include <thread>

#include "runner/log_writer.h"

namespace runner {
namespace {

constexpr Stream kStreams[] = {Stream::standard_output, Stream::standard_error, Stream::mark};
constexpr LineBounds kClose{.stride_bytes = 64};  // many places for little output

std::string frame(Stream stream, std::string_view bytes, std::int64_t ms = 0) {
  char header[kFrameHeaderBytes];
  encode({stream, static_cast<std::uint32_t>(bytes.size()), base::from_unix_ms(ms)}, header);
  return std::string(header, sizeof header).append(bytes);
}

struct PlainLine {
  Stream stream;
  std::int64_t ms;
  std::string raw;
  bool is_open = true;
};

// What the page did with the pieces of an output: a line is of one stream, from its first byte to its break.
class PlainLines {
 public:
  void add(Stream stream, std::string_view bytes, std::int64_t ms) {
    for (const char letter : bytes) {
      auto& open = open_[stream];
      if (!open) {
        open = lines.size();
        lines.push_back({stream, ms, {}});
      }
      if (letter == '\n') {
        lines[*open].is_open = false;
        open.reset();
      } else {
        lines[*open].raw += letter;
      }
    }
  }
  std::vector<PlainLine> lines;

 private:
  std::map<Stream, std::optional<std::size_t>> open_;
};

std::string shown(std::string raw) {
  if (raw.ends_with('\r')) raw.pop_back();
  return raw.substr(raw.rfind('\r') + 1);
}

// The style of each line's first letter, of each stream for itself.
std::vector<TextStyle> styles_of(const std::vector<PlainLine>& lines) {
  std::map<Stream, TextStyle> now;
  std::vector<TextStyle> styles;
  for (const auto& line : lines) {
    auto& style = now[line.stream];
    styles.push_back(style);
    const auto text = shown(line.raw);
    for (auto at = text.find("\x1b["); at != std::string::npos; at = text.find("\x1b[", at + 1)) {
      const auto end = text.find_first_not_of("0123456789;", at + 2);
      if (end != std::string::npos && text[end] == 'm') style.apply(text.substr(at + 2, end - at - 2));
    }
  }
  return styles;
}

std::vector<LogLine> all_of(LineIndex& index) {
  const auto total = index.grow().lines;
  std::vector<LogLine> all;
  while (all.size() < total) {
    auto lines = index.read(all.size() + 1, 1000);
    if (!lines || lines->empty()) break;
    std::move(lines->begin(), lines->end(), std::back_inserter(all));
  }
  return all;
}

void expect_same(const std::vector<LogLine>& lines, const std::vector<PlainLine>& plain,
                 std::size_t from = 0) {
  const auto styles = styles_of(plain);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto& line = lines[i];
    ASSERT_LT(from + i, plain.size());
    const auto& expected = plain[from + i];
    EXPECT_EQ(line.number, from + i + 1);
    EXPECT_EQ(line.stream, expected.stream);
    EXPECT_EQ(base::to_unix_ms(line.at), expected.ms);
    EXPECT_EQ(line.content.text(), shown(expected.raw));
    EXPECT_EQ(line.is_open, expected.is_open);
    EXPECT_EQ(line.style, styles[from + i]) << "line " << line.number;
    EXPECT_FALSE(line.content.is_cut());
  }
}

// Frames of all streams, cut anywhere, with lines, returns and colours.
struct RandomOutput {
  explicit RandomOutput(unsigned seed) {
    std::mt19937 random(seed);
    const std::vector<std::string> words = {"a",
                                            "word",
                                            "\n",
                                            "\n",
                                            "\r",
                                            "\r\n",
                                            "\x1b[31m",
                                            "\x1b[0m",
                                            "\x1b[1;44m",
                                            "\n\n",
                                            "\x1b[38;2;1;2;3m",
                                            "\xe4\xb8\xad",
                                            "long long long",
                                            ""};
    std::map<Stream, std::string> text;
    for (int i = 0; i < 300; ++i) text[kStreams[random() % 3]] += words[random() % words.size()];
    std::map<Stream, std::size_t> at;
    for (std::int64_t ms = 1; ms < 400; ++ms) {
      const auto stream = kStreams[random() % (random() % 4 == 0 ? 3 : 2)];
      const auto part = text[stream].substr(std::min(at[stream], text[stream].size()), random() % 12);
      at[stream] += part.size();
      if (part.empty()) continue;
      parts.push_back(frame(stream, part, ms));
      plain.add(stream, part, ms);
    }
  }
  std::vector<std::string> parts;
  PlainLines plain;
};

std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const auto& part : parts) all += part;
  return all;
}

TEST(LineIndex, GivesTheLinesThatCuttingItAllAtOnceGives) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    const RandomOutput output(seed);
    const auto& plain = output.plain.lines;
    LineIndex index(LogReader::of_frames(joined(output.parts)), kClose);
    ASSERT_EQ(index.grow().lines, plain.size());
    expect_same(all_of(index), plain);
    for (std::size_t from = 0; from < plain.size(); from += 3) {
      const auto lines = index.read(from + 1, 4);
      ASSERT_EQ(lines->size(), std::min<std::size_t>(4, plain.size() - from));
      expect_same(*lines, plain, from);
    }
  }
}

TEST(LineIndex, FindsWhatLookingThroughItAllFinds) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    const RandomOutput output(seed);
    LineIndex index(LogReader::of_frames(joined(output.parts)), kClose);
    index.grow();
    const auto count_in = [](std::string_view text) {
      std::uint32_t count = 0;
      for (auto at = text.find("long"); at != std::string_view::npos; at = text.find("long", at + 4)) ++count;
      return count;
    };
    std::vector<std::pair<std::uint64_t, std::uint32_t>> expected, found;
    for (std::size_t i = 0; i < output.plain.lines.size(); ++i) {
      if (const auto count = count_in(without_escapes(shown(output.plain.lines[i].raw))))
        expected.emplace_back(i + 1, count);
    }
    for (const std::size_t most : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
      found.clear();
      for (std::optional<std::uint64_t> from = 1; from;) {
        const auto matches = index.find(*from, most, count_in);
        EXPECT_LE(matches.lines.size(), most);
        for (const auto& [line, count] : matches.lines) found.emplace_back(line, count);
        ASSERT_TRUE(!matches.next || *matches.next > *from);
        from = matches.next;
      }
      EXPECT_EQ(found, expected) << most;
    }
  }
}

class LineIndexOfFile : public testing::Test {
 protected:
  LineIndexOfFile() {
    std::string pattern = testing::TempDir() + "lines_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    path_ = (folder_ / "1.1.log").string();
  }
  ~LineIndexOfFile() override { std::filesystem::remove_all(folder_); }
  void append(std::string_view bytes) const {
    const int file = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ASSERT_EQ(write(file, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    close(file);
  }
  std::filesystem::path folder_;
  std::string path_;
};

TEST_F(LineIndexOfFile, GrownInStepsIsTheOneMadeAtOnce) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(seed);
    std::filesystem::remove(path_);
    const RandomOutput output(seed);
    LineIndex index(LogReader(path_), kClose);
    EXPECT_EQ(index.grow().lines, 0u);
    const auto whole = joined(output.parts);
    for (std::size_t at = 0; at < whole.size();) {
      const auto part = whole.substr(at, 1 + at % 97);  // in the middle of frames, too
      append(part);
      at += part.size();
      LineIndex fresh(LogReader(path_), kClose);
      EXPECT_EQ(index.grow().lines, fresh.grow().lines);
    }
    expect_same(all_of(index), output.plain.lines);
  }
}

TEST_F(LineIndexOfFile, ShowsWhatIsKeptWhileTheMiddleIsDroppedAndAfter) {
  LogWriter writer(path_, 4000);
  LineIndex index(LogReader(path_), kClose);
  std::uint64_t written = 0;
  const auto expect_ends = [&](int last) {
    const auto totals = index.grow();
    EXPECT_TRUE(totals.is_complete);
    EXPECT_EQ(totals.bytes, written);
    const auto lines = all_of(index);
    EXPECT_EQ(lines.size(), totals.lines);
    if (lines.empty()) return totals;
    EXPECT_EQ(lines.front().content.text(), "line 1");
    EXPECT_EQ(lines.back().content.text(), "line " + std::to_string(last));
    const auto gaps = std::count_if(lines.begin(), lines.end(), [](const LogLine& line) {
      return line.stream == Stream::mark && line.content.text().find("dropped") != std::string::npos;
    });
    EXPECT_EQ(gaps, totals.dropped > 0 ? 1 : 0);
    return totals;
  };
  writer.spill();
  for (int i = 1; i <= 2000; ++i) {
    const auto text = "line " + std::to_string(i) + "\n";
    writer.append(Stream::standard_output, text, {});
    written += text.size();
    if (i % 37 == 0) expect_ends(i);
  }
  const auto before = expect_ends(2000);
  EXPECT_GT(before.dropped, 0u);
  const auto before_lines = all_of(index);
  writer.finish({});
  const auto after = expect_ends(2000);
  EXPECT_EQ(after.dropped, before.dropped);
  EXPECT_EQ(after.lines, before.lines);
}

TEST_F(LineIndexOfFile, IsReadAndLookedThroughWhileTheJobWrites) {
  LogWriter writer(path_, 64'000);
  writer.spill();
  LineIndex index(LogReader(path_), kClose);
  std::atomic<bool> ended = false;
  std::vector<std::thread> readers;
  for (int thread = 0; thread < 3; ++thread) {
    readers.emplace_back([&] {
      while (!ended) {
        const auto totals = index.grow();
        const auto lines = index.read(totals.lines > 20 ? totals.lines - 20 : 1, 20);
        for (const auto& line : lines.value_or(std::vector<LogLine>())) {
          const auto& text = line.content.text();
          EXPECT_TRUE(line.stream == Stream::mark || line.is_open || text.starts_with("line ") ||
                      text.empty())
              << text;
        }
        index.find(1, 10, [](std::string_view text) { return text.ends_with("00") ? 1u : 0u; });
      }
    });
  }
  for (int i = 1; i <= 20'000; ++i)
    writer.append(Stream::standard_output, "line " + std::to_string(i) + "\n", {});
  writer.finish({});
  ended = true;
  for (auto& reader : readers) reader.join();
  LineIndex fresh(LogReader(path_), kClose);
  EXPECT_EQ(index.grow().lines, fresh.grow().lines);
  EXPECT_EQ(all_of(index).back().content.text(), "line 20000");
}

TEST(LineIndex, LooksThroughMuchInSeveralCalls) {
  const auto line = frame(Stream::standard_output, "0123456789012345678901234567890\n");
  std::string frames;
  for (int i = 0; i < 1000; ++i) frames += line;
  LineIndex index(LogReader::of_frames(frames), {.scan_bytes = 10'000, .stride_bytes = 64, .max_places = 16});
  EXPECT_FALSE(index.grow().is_complete);
  int calls = 1;
  while (!index.grow().is_complete) ++calls;
  EXPECT_EQ(calls, 4);
  EXPECT_EQ(index.grow().lines, 1000u);
  EXPECT_LT(index.memory_bytes(), 64u * 1024);
  EXPECT_EQ(index.read(1000, 5)->size(), 1u);
  EXPECT_TRUE(index.read(1001, 5)->empty());
}

TEST(LineIndex, CutsALongLineAndSaysWhereItGoesOn) {
  std::string whole, frames;
  for (int i = 0; i < 40; ++i) {
    const std::string part(10'000, static_cast<char>('a' + i % 26));
    whole += part;
    frames += frame(Stream::standard_error, part) + frame(Stream::standard_output, "between\n");
  }
  frames += frame(Stream::standard_error, "\nlast\n");
  LineIndex index(LogReader::of_frames(frames), kClose);
  index.grow();
  const auto lines = *index.read(1, 1);
  ASSERT_EQ(lines.size(), 1u);
  const auto& content = lines.front().content;
  EXPECT_TRUE(content.is_cut());
  EXPECT_EQ(content.text(), whole.substr(0, kMaxLineBytes));
  EXPECT_EQ(LogReader::of_frames(frames).read(Selection::standard_error, content.end_offset(), 1u << 20),
            whole.substr(kMaxLineBytes) + "\nlast\n");
}

TEST(LineIndex, ComesToTheEndOfALineOfMegabytesWithoutReadingItAll) {
  std::string frames;
  for (int i = 0; i < 400; ++i)
    frames += frame(Stream::standard_output, std::string(10'000, static_cast<char>('a' + i % 26)));
  frames += frame(Stream::standard_output, "\nafter\n");
  LineIndex index(LogReader::of_frames(frames), {.scan_bytes = 2'000'000, .stride_bytes = 64'000});
  while (!index.grow().is_complete) {
  }
  const auto lines = *index.read(1, 1);
  EXPECT_TRUE(lines[0].content.is_cut());
  EXPECT_FALSE(lines[0].is_open);
  EXPECT_EQ(lines[0].content.end_offset(), kMaxLineBytes);
  EXPECT_EQ(lines[0].content.text().substr(0, 10'001), std::string(10'000, 'a') + "b");
}

TEST(LineIndex, ShowsWhatAProgressOfMegabytesHasComeToWithoutReadingItAll) {
  std::string frames;
  for (int i = 0; i < 400; ++i) {
    std::string part;
    while (part.size() < 10'000) part += "\r" + std::to_string(i) + " of 400";
    frames += frame(Stream::standard_output, part);
  }
  const auto open = frames;
  frames += frame(Stream::standard_output, "\nafter\n");
  // what it wrote is more than one call may look through
  const LineBounds bounds{.scan_bytes = 2'000'000, .stride_bytes = 64'000};
  LineIndex index(LogReader::of_frames(frames), bounds), open_index(LogReader::of_frames(open), bounds);
  while (!index.grow().is_complete || !open_index.grow().is_complete) {
  }
  const auto lines = *index.read(1, 2);
  ASSERT_EQ(lines.size(), 1u);  // what is behind so long a line is for the next call
  EXPECT_EQ(lines[0].content.text(), "399 of 400");
  EXPECT_FALSE(lines[0].is_open || lines[0].content.is_cut());
  EXPECT_EQ(index.read(2, 1)->front().content.text(), "after");
  EXPECT_EQ(open_index.read(1, 1)->front().content.text(), "399 of 400");
  EXPECT_TRUE(open_index.read(1, 1)->front().is_open);
}

TEST(LineIndex, AnswersNoMoreThanItsBoundOfManyLongLines) {
  std::string frames;
  for (int i = 0; i < 50; ++i) frames += frame(Stream::standard_output, std::string(50'000, 'x') + "\n");
  LineIndex index(LogReader::of_frames(frames), {.answer_bytes = 200'000, .stride_bytes = 64});
  index.grow();
  const auto lines = *index.read(3, 40);
  EXPECT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines.front().number, 3u);
  EXPECT_EQ(all_of(index).size(), 50u);
}

TEST(LineIndex, ComesToTheEndOfALineFarBehindWithoutReadingWhatIsBetween) {
  auto frames = frame(Stream::standard_error, "asked: ");
  for (int i = 0; i < 10'000; ++i) frames += frame(Stream::standard_output, "other\n");
  frames += frame(Stream::standard_error, "answered\n");
  // what is between is more than one call may look through
  LineIndex index(LogReader::of_frames(frames),
                  {.scan_bytes = 20'000, .stride_bytes = 64, .max_places = 1u << 20});
  while (!index.grow().is_complete) {
  }
  const auto lines = *index.read(1, 1);
  EXPECT_EQ(lines.front().content.text(), "asked: answered");
  EXPECT_FALSE(lines.front().is_open);
}

TEST(TextStyle, IsSaidAgainByItsParameters) {
  for (const std::string_view parameters :
       {"1;31", "2;4;7;9", "38;5;208", "48;2;1;2;3", "94;103", "1;38;2;10;20;30;45"}) {
    TextStyle style, again;
    style.apply(parameters);
    again.apply(style.parameters());
    EXPECT_EQ(style, again) << parameters;
    EXPECT_NE(style, TextStyle()) << parameters;
    style.apply("0");
    EXPECT_EQ(style.parameters(), "");
  }
  TextStyle style;
  style.apply("1;2;3;31;42");
  style.apply("22;23;39");
  EXPECT_EQ(style.parameters(), "42");
}

TEST(TextStyle, EscapesAndControlLettersAreNotShown) {
  EXPECT_EQ(without_escapes("a\x1b[1;31mb\x1b]0;title\ac\x1b(d\x01"
                            "e\tf\x1bM"),
            "abc\x1b(de\tf");
}

}  // namespace
}  // namespace runner
