#include <string>
#include <vector>

#include "app/serve.h"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::vector<std::string> rest(arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end());
  if (!arguments.empty() && arguments[0] == "serve") return app::serve(rest);
  if (!arguments.empty() && arguments[0] == "runner") return app::run_runner_process(rest);
  return 2;
}
