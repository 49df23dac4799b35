"""A server whose processes are meant to be killed: started without waiting, found again, asked while it may be gone."""
import http.client
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
from server import Server  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("SCHEDULER_BINARY", str(ROOT / "build/release/mini-scheduler"))
JOB = str(pathlib.Path(__file__).resolve().parent / "job.sh")
READY_WITHIN_S = 60


class ServeEnded(AssertionError):
    """serve ended though nobody killed it."""


def steady_port():
    """Below the range from which the kernel takes ports for outgoing connections, so that none is taken during a restart."""
    while True:
        port = random.randrange(12000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def stat_fields(pid):
    """The fields of /proc/PID/stat behind the name; None where there is no such process."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return None


def is_alive(pid, born=None):
    """A zombie is not; nor is another process that got the number."""
    fields = stat_fields(pid)
    return fields is not None and fields[0] not in "ZX" and (born is None or int(fields[19]) == born)


def uptime():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def processes_marked(mark):
    """Pids of live processes whose environment holds NAME=VALUE."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            if mark.encode() in pathlib.Path(f"/proc/{entry}/environ").read_bytes().split(b"\0") and is_alive(entry):
                found.append(int(entry))
        except OSError:
            continue
    return found


def attempts_alive(mark):
    """(execution, attempt) of each live process whose environment holds NAME=VALUE, as the server marked it."""
    found = set()
    for pid in processes_marked(mark):
        try:
            words = pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            continue
        values = dict(word.split(b"=", 1) for word in words if b"=" in word)
        if b"MINI_SCHEDULER_EXECUTION_ID" in values:
            found.add((int(values[b"MINI_SCHEDULER_EXECUTION_ID"]), int(values[b"MINI_SCHEDULER_ATTEMPT"])))
    return found


class Node(Server):
    def __init__(self, binary=BINARY):
        super().__init__(binary, keep=tempfile.mkdtemp(prefix="crash_"))
        self.port = steady_port()
        self.prefix = []  # words before the command: a program that starts it elsewhere
        self.options = []  # of serve
        self.environment = None  # of serve; None: the test's
        self.restore_signals = True  # false: what Python ignores (SIGPIPE, SIGXFSZ) serve ignores too

    def launch(self):
        """Starts serve and does not wait for it."""
        with open(self.folder + "/stderr.log", "ab") as log:
            self.process = subprocess.Popen(
                self.prefix + [self.binary, "serve", "--port", str(self.port), "--data-dir", self.folder + "/data",
                               *self.options],
                cwd=self.folder, stdout=subprocess.DEVNULL, stderr=log, restore_signals=self.restore_signals,
                env=self.environment)

    def wait_ready(self):
        """Until database and runner answer; the seconds that it took."""
        began = time.monotonic()
        while True:
            try:
                if self.ask("GET", "/readyz")[0] == 200:
                    break
            except (OSError, http.client.HTTPException, ValueError):
                pass
            self.check_alive()
            assert time.monotonic() - began < READY_WITHIN_S, f"not ready in time; see {self.folder}/stderr.log"
            time.sleep(0.01)
        if self.token is None:
            self.token = self.log_in("admin", "admin123")
        return time.monotonic() - began

    def check_alive(self):
        if self.process.poll() is not None:
            raise ServeEnded(f"serve ended by itself with {self.process.returncode}: {self.last_words()}")

    def last_words(self):
        try:
            return pathlib.Path(self.folder + "/stderr.log").read_text(errors="replace")[-2000:]
        except OSError:
            return "(no log)"

    def start(self):
        self.launch()
        self.wait_ready()
        return self

    def try_ask(self, method, path, body=None, headers=None):
        """Like `request` without the headers of the answer; None where the connection broke: nobody knows what was done."""
        try:
            status, _, answer = self.request(method, path, body, headers)
            return status, answer
        except (OSError, http.client.HTTPException, ValueError):
            return None

    def runner_pid(self):
        """A job before its exec looks like the runner, whose memory it shares: the runner is the one that is nobody's child."""
        found = {}
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                words = pathlib.Path(f"/proc/{entry}/cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"runner" in words and (self.folder + "/data").encode() in words and (fields := stat_fields(entry)):
                found[int(entry)] = int(fields[1])
        return next((pid for pid, parent in found.items() if parent not in found and is_alive(pid)), None)

    def kill_serve(self):
        self.process.kill()
        self.process.wait(30)

    def kill_runner(self):
        """The pid that was killed, or None where there was none."""
        pid = self.runner_pid()
        if pid is None:
            return None
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return None
        return pid

    def all_executions(self, query=""):
        """Every record, over all pages."""
        items, cursor = [], None
        while True:
            status, page = self.ask("GET", "/executions?limit=500" + query + (f"&before={cursor}" if cursor else ""))
            assert status == 200, page
            items += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return items
