#include "app/startup_memory.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace app {
namespace {

// The first object that is visited is the program itself. Only what is mapped from the file and never written
// may be dropped: relocated data would come back as it stands in the file.
int release_clean_pages(dl_phdr_info* object, std::size_t, void*) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& part = object->dlpi_phdr[i];
    if (part.p_type != PT_LOAD || (part.p_flags & PF_W) != 0) continue;
    const auto begin = (object->dlpi_addr + part.p_vaddr + page - 1) / page * page;
    const auto end = (object->dlpi_addr + part.p_vaddr + part.p_memsz) / page * page;
    if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 1;
}

}  // namespace

void release_startup_memory() {
  malloc_trim(0);
  dl_iterate_phdr(release_clean_pages, nullptr);
}

}  // namespace app
