// What a runner leaves to the newer program that it executes in its own place, so that jobs notice nothing:
// the same process, the same children, the same open descriptors. Jobs by their state, what waits by its
// request; the rest stands in the journal.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/job.h"

namespace runner {

// A program reads what those up to its own version wrote.
inline constexpr int kHandoverVersion = 3;
inline bool can_read_handover(std::int64_t version) {
  return version >= 1 && version <= kHandoverVersion;
}

struct Handover {
  int lock = -1;  // descriptors
  int listener = -1;
  std::string program;  // identity of what is executed (identity_of_program)
  struct Waiting {
    StartRequest request;
    int tries = 0;
    bool watched = false;
  };
  std::vector<std::unique_ptr<Job>> jobs;
  std::vector<Waiting> waiting;
};

// Jobs are written as they are; their descriptors stay open.
std::string to_bytes(const Handover& handover, const std::vector<const Job*>& jobs);
// nullopt for anything that to_bytes would not have written.
std::optional<Handover> read_handover(std::string_view bytes);

// What tells one program from another: where it lies and when it was written. Empty where it can't be seen.
std::string identity_of_program(const std::string& path);

// Whether that program says that it can go on from what this one writes.
bool accepts_handover(const std::string& program);

// Executes the program with those bytes. Gives why it could not; else it does not return. The descriptors
// that are to be kept open are made so.
std::string execute(const std::string& program, const std::string& data_dir, const std::string& bytes,
                    const std::vector<int>& descriptors);

// Reads all of that descriptor and closes it.
std::string read_all(int descriptor);

}  // namespace runner
