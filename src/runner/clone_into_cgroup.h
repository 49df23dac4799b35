// What the C library has no function for: a child process that is in a cgroup from its first instant.
#pragma once
#include <sys/types.h>

#include <span>

namespace runner {

// As clone(2) with CLONE_VM, CLONE_VFORK and CLONE_PIDFD: `run` must execute or _exit, and no signal may be
// handled meanwhile. `cgroup` is a descriptor of its folder. -1 and errno; ENOSYS where this processor, the
// kernel, or a filter of system calls does not have it.
pid_t clone_into_cgroup(int cgroup, int (*run)(void*), void* argument, std::span<char> stack, int* pidfd);

}  // namespace runner
