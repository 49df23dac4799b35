#include "runner/clone_into_cgroup.h"

#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdint>

namespace runner {

#ifdef __x86_64__

// glibc's clone can't say the cgroup, and syscall() returns in both processes: the child would return to
// where its own stack has nothing.
pid_t clone_into_cgroup(int cgroup, int (*run)(void*), void* argument, std::span<char> stack, int* pidfd) {
  clone_args how{};
  how.flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | CLONE_INTO_CGROUP;
  how.exit_signal = SIGCHLD;
  how.pidfd = reinterpret_cast<std::uintptr_t>(pidfd);
  how.stack = reinterpret_cast<std::uintptr_t>(stack.data());
  how.stack_size = stack.size();
  how.cgroup = static_cast<std::uint64_t>(cgroup);
  long result = SYS_clone3;
  __asm__ volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "xor %%ebp, %%ebp\n\t"  // the end of the child's frames
      "mov %[argument], %%rdi\n\t"
      "call *%[run]\n\t"
      "ud2\n"
      "1:"
      : "+a"(result)
      : "D"(&how), "S"(sizeof how), [run] "r"(run), [argument] "r"(argument)
      : "rcx", "r11", "cc", "memory");
  if (result >= 0) return static_cast<pid_t>(result);
  errno = static_cast<int>(-result);
  return -1;
}

#else

pid_t clone_into_cgroup(int, int (*)(void*), void*, std::span<char>, int*) {
  errno = ENOSYS;
  return -1;
}

#endif

}  // namespace runner
