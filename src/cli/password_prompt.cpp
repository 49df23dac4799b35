#include "cli/password_prompt.h"

#include <termios.h>
#include <unistd.h>

#include <iostream>

namespace cli {
namespace {

class NoEcho {
 public:
  NoEcho() {
    if (tcgetattr(STDIN_FILENO, &before_) < 0) return;
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~NoEcho() {
    if (changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

}  // namespace

base::Result<std::string> ask_password(const std::string& prompt, std::istream& in, std::ostream& err) {
  std::string password;
  if (&in == &std::cin && isatty(STDIN_FILENO) != 0) {
    err << prompt << ": " << std::flush;
    const NoEcho silent;
    std::getline(in, password);
    err << std::endl;
  } else {
    std::getline(in, password);
  }
  if (!password.empty() && password.back() == '\r') password.pop_back();
  if (password.empty())
    return base::make_error(base::ErrorKind::invalid,
                            "no password was given: type it, or pipe it in as one line");
  return password;
}

}  // namespace cli
