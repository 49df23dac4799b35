// Expected failures travel as values: a Result holds what was asked for, or the Error that says why not.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace base {

// What kind of refusal an error is. The edge turns it into an HTTP status or an exit code.
enum class ErrorKind {
  invalid,              // a field is wrong (422)
  malformed,            // the text could not be read at all (400)
  unauthenticated,      // 401
  forbidden,            // 403
  not_found,            // 404
  conflict,             // 409
  precondition_failed,  // 412
  too_large,            // 413
  unsupported_media,    // 415
  too_many,             // 429
  unavailable,          // 503: passing; the same request may succeed later
  internal,             // 500
};

// One wrong place in the input: the path to it, what is wrong and how to mend it, and where one is known
// the 0-based byte offset of the wrong character in the field's text.
struct FieldError {
  std::vector<std::string> loc;
  std::string msg;
  std::optional<int> position;
};

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;  // names what, which, why, and how to mend it
  std::vector<FieldError> fields;
};

inline Error make_error(ErrorKind kind, std::string message) {
  return Error{kind, std::move(message), {}};
}

template <class T, class E = Error>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(E error) : content_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return content_.index() == 0; }
  bool has_value() const { return content_.index() == 0; }

  // Only for a Result that holds a value / an error; anything else throws std::bad_variant_access.
  T& value() & { return std::get<0>(content_); }
  const T& value() const& { return std::get<0>(content_); }
  T&& value() && { return std::get<0>(std::move(content_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  E& error() & { return std::get<1>(content_); }
  const E& error() const& { return std::get<1>(content_); }
  E&& error() && { return std::get<1>(std::move(content_)); }

 private:
  std::variant<T, E> content_;
};

template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  using value_type = void;
  Result() = default;
  Result(E error) : error_(std::move(error)) {}
  explicit operator bool() const { return !error_; }
  bool has_value() const { return !error_; }
  E& error() & { return error_.value(); }
  const E& error() const& { return error_.value(); }
  E&& error() && { return std::move(error_).value(); }

 private:
  std::optional<E> error_;
};

}  // namespace base
