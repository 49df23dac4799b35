// What the sanitizers do in every program of a build with them: a report ends the program, and is left in a
// file beside the build, since a server's own standard error goes with its test.
#define REPORTS ":log_path=" SCHEDULER_SANITIZER_REPORTS

extern "C" {
// some tests look at memory: what was freed is not held back for long
const char* __asan_default_options() {
  return "quarantine_size_mb=8" REPORTS;
}
const char* __ubsan_default_options() {
  return "print_stacktrace=1" REPORTS;
}
const char* __tsan_default_options() {
  return "halt_on_error=1" REPORTS;
}
}
