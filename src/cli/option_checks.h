// Checks of options' values that several commands share: what is refused is wrong usage, told before any
// server is asked.
#pragma once
#include <string>
#include <vector>

namespace CLI {
class Validator;
}

namespace cli {

// A time as base::parse_iso reads it.
CLI::Validator is_time();

// One of these words. The help keeps the option's own text, which lists them.
CLI::Validator is_one_of(std::vector<std::string> words);

// A whole number within the bounds, likewise.
CLI::Validator is_between(long long min, long long max);

}  // namespace cli
