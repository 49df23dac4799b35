// Executions by what their outputs hold, on a reading connection: a walk from the newest back, with an end.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace service {

inline constexpr std::size_t kOutputEndBytes = 32 * 1024;  // head and tail of each stream that are shown

// How far one search goes, however little it finds: some tenths of a second.
struct SearchBound {
  std::int64_t executions = 20'000;
  std::int64_t output_bytes = 32 << 20;  // the execution that passes it is the last
};

struct OutputMatch {
  bool in_stderr = false;
  std::string text;  // the line, or a part of it (OutputSearch); any bytes
};

struct FoundExecutions {
  store::ExecutionPage page;                    // next_cursor: the last looked at; absent: none is left
  std::vector<OutputMatch> matches;             // one for each item
  std::optional<base::Instant> searched_until;  // when the last looked at was created; absent: none was
};

// Of those that the query means the ended ones in whose kept output the text stands: what the database has of
// the last attempt, which is all of a short output and both ends of each stream of a longer one. At most
// query.limit of them. `text` as OutputSearch takes it.
FoundExecutions search_outputs(store::Reader& reader, store::ExecutionQuery query, std::string_view text,
                               const SearchBound& bound = {});

}  // namespace service
