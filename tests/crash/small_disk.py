"""Disks that can be filled to the last byte, for a server's database, logs and output."""
import contextlib
import os
import pathlib
import resource
import subprocess
import time

from faults import MIB


class SmallDisk:
    """A tmpfs that only the server sees, in a mount namespace of its own; it outlives restarts of the server."""
    SCRIPT = 'mount -t tmpfs -o size="$1",mode=700 tmpfs "$0" && echo mounted && exec cat'
    UNSHARE = ["unshare", "-m", *([] if os.geteuid() == 0 else ["-r"])]
    ENTER = ["-m", *([] if os.geteuid() == 0 else ["-U", "--preserve-credentials"])]

    @classmethod
    def can_be_had(cls):
        tried = subprocess.run([*cls.UNSHARE, "sh", "-c", cls.SCRIPT, "/tmp", str(MIB)], stdin=subprocess.DEVNULL,
                               capture_output=True)
        return tried.stdout == b"mounted\n"

    PLACE = "/data"  # database, logs and the runner's journal

    def __init__(self, node):
        self.folder = folder = node.folder + self.PLACE
        os.makedirs(folder)
        self.holder = subprocess.Popen([*self.UNSHARE, "sh", "-c", self.SCRIPT, folder, str(24 * MIB)],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.holder.stdout.readline() == b"mounted\n"
        node.prefix = ["nsenter", "-t", str(self.holder.pid), *self.ENTER]
        self.filler = pathlib.Path(f"/proc/{self.holder.pid}/root{folder}/filler")

    def fill(self):
        """To the last byte."""
        with open(self.filler, "ab", buffering=0) as file:
            for size in (MIB, 4096, 1):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"x" * size)

    def make_room(self):
        self.filler.unlink()

    def mount_again(self, mode):
        """ro or rw; nothing may hold it open for writing."""
        def done():
            return subprocess.run(["nsenter", "-t", str(self.holder.pid), *self.ENTER, "mount", "-o", f"remount,{mode}", self.folder],
                                  capture_output=True).returncode == 0
        until = time.monotonic() + 10
        while not done():
            assert time.monotonic() < until, f"can't be mounted {mode}"
            time.sleep(0.05)

    def close(self):
        self.holder.stdin.close()
        self.holder.wait(10)


class SmallDiskOfTheDatabase(SmallDisk):
    PLACE = "/database"

    def __init__(self, node):
        super().__init__(node)
        node.options = ["--database", f"sqlite:{node.folder}{self.PLACE}/scheduler.db"]


class SmallDiskOfTheOutput(SmallDisk):
    PLACE = "/data/output"


class RefusingDisk:
    """Every write to a file fails (EFBIG), by a limit on both processes: needs no rights, and holds where nothing can be
    mounted."""

    def __init__(self, node):
        self.node = node
        self.limits = {}
        node.restore_signals = False

    def fill(self):
        for pid in self.node.pids():
            self.limits[pid] = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, self.limits[pid][1]))

    def make_room(self):
        for pid, limit in self.limits.items():
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)
        self.limits = {}

    def close(self):
        pass
