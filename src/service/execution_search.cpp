#include "service/execution_search.h"

#include <utility>

#include "runner/log_reader.h"
#include "service/output_search.h"

namespace service {
namespace {

constexpr std::int64_t kReadAtOnce = 500;  // rows: a search that finds much early reads little in vain

// What execution_service.h's detail shows, without looking into files.
store::Output kept_output(store::Reader& reader, const task::Execution& execution) {
  if (!is_final(execution.status) || execution.attempt.output_bytes == 0) return {};
  auto frames = reader.find_log(execution.id, execution.attempt.number);
  if (!frames) return reader.find_output(execution.id);
  auto ends = runner::LogReader::of_frames(std::move(*frames)).ends(kOutputEndBytes);
  return {std::move(ends.stdout_text), std::move(ends.stderr_text)};
}

std::optional<OutputMatch> match_in(const OutputSearch& search, const store::Output& output) {
  if (auto text = search.find(output.stdout_text)) return OutputMatch{false, std::move(*text)};
  if (auto text = search.find(output.stderr_text)) return OutputMatch{true, std::move(*text)};
  return std::nullopt;
}

}  // namespace

FoundExecutions search_outputs(store::Reader& reader, store::ExecutionQuery query, std::string_view text,
                               const SearchBound& bound) {
  const OutputSearch search(text);
  const auto most = static_cast<std::size_t>(std::exchange(query.limit, kReadAtOnce));
  FoundExecutions found;
  std::int64_t looked_at = 0;
  std::int64_t bytes = 0;
  while (true) {
    auto step = reader.list_executions(query);
    for (auto& execution : step.items) {
      if (looked_at == bound.executions || bytes >= bound.output_bytes || found.matches.size() == most) {
        found.page.next_cursor = query.before;
        return found;
      }
      ++looked_at;
      query.before = base::to_string(execution.id);
      found.searched_until = execution.created_at;
      const auto output = kept_output(reader, execution);
      bytes += static_cast<std::int64_t>(output.stdout_text.size() + output.stderr_text.size());
      if (auto match = match_in(search, output)) {
        found.matches.push_back(std::move(*match));
        found.page.items.push_back(std::move(execution));
      }
    }
    if (!step.next_cursor) return found;
  }
}

}  // namespace service
