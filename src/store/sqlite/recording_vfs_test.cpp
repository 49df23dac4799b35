#include "store/sqlite/recording_vfs_test.h"

#include <cstring>
#include <filesystem>

namespace store {
namespace {

RecordingVfs* recorder = nullptr;
sqlite3_vfs* real_vfs = nullptr;

// What SQLite holds of an open file; the real one's memory follows it.
struct File {
  sqlite3_file base;
  std::string* name;

  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* of(sqlite3_file* file) {
  return reinterpret_cast<File*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
  return of(file)->real();
}

int close_file(sqlite3_file* file) {
  delete of(file)->name;
  return real(file)->pMethods->xClose(real(file));
}
int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  return real(file)->pMethods->xRead(real(file), to, size, at);
}
int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  const int code = real(file)->pMethods->xWrite(real(file), from, size, at);
  if (code == SQLITE_OK) {
    recorder->note(Write{*of(file)->name, static_cast<std::size_t>(at),
                         std::string(static_cast<const char*>(from), static_cast<std::size_t>(size))});
  }
  return code;
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  const int code = real(file)->pMethods->xTruncate(real(file), size);
  if (code == SQLITE_OK) recorder->note(Truncation{*of(file)->name, static_cast<std::size_t>(size)});
  return code;
}
int sync_file(sqlite3_file* file, int) {
  // nothing is to reach the real disk
  recorder->note(Sync{*of(file)->name});
  return SQLITE_OK;
}
int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int lock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xLock(real(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int is_reserved(sqlite3_file* file, int* answer) {
  return real(file)->pMethods->xCheckReservedLock(real(file), answer);
}
int control_file(sqlite3_file* file, int what, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), what, argument);
}
int sector_size(sqlite3_file* file) {
  return real(file)->pMethods->xSectorSize(real(file));
}
int characteristics(sqlite3_file*) {
  return 0;  // promises nothing: no atomic writes, no order among them
}
int map_memory(sqlite3_file* file, int region, int size, int extend, void volatile** to) {
  return real(file)->pMethods->xShmMap(real(file), region, size, extend, to);
}
int lock_memory(sqlite3_file* file, int offset, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void memory_barrier(sqlite3_file* file) {
  real(file)->pMethods->xShmBarrier(real(file));
}
int unmap_memory(sqlite3_file* file, int remove) {
  return real(file)->pMethods->xShmUnmap(real(file), remove);
}

// Version 2: without mapped files, whose writes nobody would see.
const sqlite3_io_methods kMethods = {
    2,           close_file,     read_file,    write_file,   truncate_file, sync_file,       size_of_file,
    lock_file,   unlock_file,    is_reserved,  control_file, sector_size,   characteristics, map_memory,
    lock_memory, memory_barrier, unmap_memory, nullptr,      nullptr};

std::string name_of(const char* path) {
  return path == nullptr ? std::string("temporary") : std::filesystem::path(path).filename().string();
}

int open_file(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* flags_out) {
  auto* const ours = of(file);
  ours->base.pMethods = nullptr;
  const int code = real_vfs->xOpen(real_vfs, path, ours->real(), flags, flags_out);
  if (code != SQLITE_OK) return code;
  ours->name = new std::string(name_of(path));
  ours->base.pMethods = &kMethods;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, const char* path, int sync_folder) {
  const int code = real_vfs->xDelete(real_vfs, path, sync_folder);
  if (code == SQLITE_OK) recorder->note(Deletion{name_of(path)});
  return code;
}

}  // namespace

RecordingVfs::RecordingVfs() : real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
  recorder = this;
  real_vfs = real_;
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
  vfs_.zName = "recording";
  vfs_.pNext = nullptr;
  vfs_.xOpen = open_file;
  vfs_.xDelete = delete_file;
  sqlite3_vfs_register(&vfs_, 1);
}

RecordingVfs::~RecordingVfs() {
  sqlite3_vfs_register(real_, 1);
  sqlite3_vfs_unregister(&vfs_);
}

void RecordingVfs::note(Deed deed) {
  const std::lock_guard lock(mutex_);
  deeds_.push_back(std::move(deed));
}

std::vector<Deed> RecordingVfs::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(deeds_, {});
}

void carry_out(Disk& disk, const Deed& deed) {
  if (const auto* write = std::get_if<Write>(&deed)) {
    auto& content = disk[write->file];
    if (content.size() < write->offset + write->bytes.size())
      content.resize(write->offset + write->bytes.size());
    std::memcpy(content.data() + write->offset, write->bytes.data(), write->bytes.size());
  } else if (const auto* truncation = std::get_if<Truncation>(&deed)) {
    disk[truncation->file].resize(truncation->size);
  } else if (const auto* deletion = std::get_if<Deletion>(&deed)) {
    disk.erase(deletion->file);
  }
}

}  // namespace store
