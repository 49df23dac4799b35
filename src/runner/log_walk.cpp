#include "runner/log_walk.h"

namespace runner {

// Looked at before the log itself is read: where there is a tail, that is whole.
LogWalk::LogWalk(LogReader log) : log_(std::move(log)) {
  if (log_.is_file()) tails_ = tails_of(log_.path());
}

bool LogWalk::has_same_tails(const LogWalk& other) const {
  return std::equal(tails_.begin(), tails_.end(), other.tails_.begin(), other.tails_.end(),
                    [](const LogTail& one, const LogTail& two) { return one.begins_at == two.begins_at; });
}

LogWalk::Ended LogWalk::walk_file(FrameSource& source, FramePlace& place, const Visit& visit) const {
  auto ended = Ended::at_end;
  walk_frames(source, [&](const FrameHeader& header, std::string_view bytes) {
    const auto gap = header.stream == Stream::mark ? gap_size(bytes) : std::nullopt;
    const bool is_whole = bytes.size() == header.length;
    if (!visit({header, bytes, gap.value_or(0), is_whole})) {
      ended = Ended::stopped;
      return false;
    }
    if (!is_whole) return false;
    place.frame += kFrameHeaderBytes + header.length;
    place.position += gap.value_or(bytes.size());
    return true;
  });
  return ended;
}

LogWalk::Ended LogWalk::walk_tail(const LogTail& tail, FramePlace& place, const Visit& visit) const {
  const int file = open(tail.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return Ended::changed;
  FrameSource source(file, place.frame);
  const auto still_there = [&](Ended ended) {
    return tail_begin(file) == tail.begins_at ? ended : Ended::changed;
  };
  if (place.frame == kFrameHeaderBytes) {
    if (place.position > tail.begins_at) return Ended::changed;  // it is being joined
    if (place.position < tail.begins_at) {
      FrameHeader first;
      const auto bytes = source.have(kFrameHeaderBytes);
      if (bytes.size() < kFrameHeaderBytes || !decode(bytes.data(), first)) return still_there(Ended::at_end);
      const auto dropped = tail.begins_at - place.position;
      const auto text = gap_text(dropped, std::string_view());
      const FrameHeader header{Stream::mark, static_cast<std::uint32_t>(text.size()), first.at};
      if (!visit({header, text, dropped, true})) return still_there(Ended::stopped);
      place.position = tail.begins_at;
    }
  }
  return still_there(walk_file(source, place, visit));
}

bool LogWalk::walk_log(FramePlace& place, const Visit& visit) const {
  auto source = log_.frames_from(place.frame);
  return walk_file(*source, place, visit) == Ended::at_end;
}

bool LogWalk::walk_tails(FramePlace& place, const Visit& visit) const {
  for (std::size_t number = std::max<std::size_t>(place.file, 1); number <= tails_.size(); ++number) {
    if (place.file != number) place = {number, kFrameHeaderBytes, place.position};
    const auto ended = walk_tail(tails_[number - 1], place, visit);
    if (ended != Ended::at_end) return ended == Ended::stopped;
  }
  return true;
}

bool LogWalk::walk(FramePlace& place, const Visit& visit) const {
  return (place.file == 0 && !walk_log(place, visit)) || walk_tails(place, visit);
}

}  // namespace runner
