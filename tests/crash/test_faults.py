"""Faults that come from outside: a held database, jobs that behave badly, a full disk. Nothing is lost, nothing hangs."""
import contextlib
import fcntl
import hashlib
import os
import pathlib
import resource
import signal
import sqlite3
import subprocess
import threading
import time

import pytest

import oracle
from journal import Journal
from mix import ALL, NEVER, Planned
from node import JOB, Node, is_alive

MIB = 1 << 20
DROPPED = b"bytes of output dropped"
HELD = b"held its output open"


@pytest.fixture
def node():
    instance = Node().start()
    yield instance
    instance.close()


def make(node, command, **more):
    status, task = node.ask("POST", "/tasks", {"name": command[:50], "cron": NEVER, "command": command, "timeout_s": 0,
                                               **more})
    assert status == 201, task
    return task["id"]


def run(node, task_id):
    status, answer = node.ask("POST", f"/tasks/{task_id}/run", {})
    assert status == 202, answer
    return answer["execution_id"]


def log_of(node, execution_id, stream="both"):
    status, log = node.ask("GET", f"/executions/{execution_id}/log?stream={stream}")
    assert status == 200
    return log if isinstance(log, bytes) else str(log).encode()


def pid_in(path):
    """The number that a job wrote there, once it has."""
    return int(path.read_text()) if path.exists() and path.read_text().endswith("\n") else None


def peak_mb(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM:"))) / 1024


def each_second(node, folder, **more):
    task = Planned("each second", 1, overlap="allow", seconds=0.005, **more)
    task.asked_at = time.time()
    status, answer = node.ask("POST", "/tasks", task.body(JOB, folder, "faults"))
    assert status == 201, answer
    task.made_at, task.id = time.time(), answer["id"]
    return task


def account(node, task, folder):
    """Pauses the task, lets all end, and holds the records against the expected fires and the jobs' journal."""
    steady = time.time() + 2
    node.wait_until(lambda: time.time() > steady)
    task.pausing_at = time.time()
    assert node.ask("POST", f"/tasks/{task.id}/pause")[0] == 200
    task.paused_at = time.time()
    node.wait_until(lambda: not node.all_executions("&status=PENDING") and not node.all_executions("&status=RUNNING"))
    records = [record for record in node.all_executions() if record["task_id"] == task.id]
    evidence = oracle.Evidence([task], {}, records, {}, Journal(f"{folder}/journal").refresh(), oracle.Deeds(), 0)
    assert list(oracle.each_fire_has_one_record(evidence)) == []
    assert list(oracle.each_start_has_its_record(evidence)) == []
    return records


# -- the database ----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("held_s", [2, 5, 8])
def test_a_foreign_writer_holds_the_database_and_no_fire_is_lost(node, tmp_path, held_s):
    """Held for longer than 5 s, the fires of that time go by their misfire rule."""
    task = each_second(node, tmp_path)
    node.wait_until(lambda: node.all_executions("&status=SUCCESS"))
    foreign = sqlite3.connect(node.folder + "/data/scheduler.db", isolation_level=None, timeout=30)
    foreign.execute("BEGIN IMMEDIATE")
    held_until, slowest = time.monotonic() + held_s, 0
    while time.monotonic() < held_until:
        asked = time.monotonic()
        assert node.ask("GET", "/healthz")[0] == 200
        assert node.ask("GET", "/tasks")[0] == 200
        slowest = max(slowest, time.monotonic() - asked)
        time.sleep(0.05)
    foreign.execute("ROLLBACK")
    foreign.close()
    released = time.time()
    assert slowest < 5, f"an answer took {slowest:.1f} s"
    node.wait_until(lambda: any(oracle.wall(item["scheduled_at"]) > released for item in node.all_executions("&status=SUCCESS")))
    records = account(node, task, tmp_path)
    assert not [record for record in records if record["status"] not in ("SUCCESS", "MISSED")], records
    if held_s < oracle.LATE_S:
        assert not [record for record in records if record["status"] == "MISSED"], "late, but no misfire by the rule"


def test_a_write_that_waits_for_a_foreign_writer_is_answered_and_kept(node):
    foreign = sqlite3.connect(node.folder + "/data/scheduler.db", isolation_level=None, timeout=30)
    foreign.execute("BEGIN IMMEDIATE")
    answers = []
    client = threading.Thread(target=lambda: answers.append(make(node, "true")))
    client.start()
    client.join(2)
    assert client.is_alive() and node.ask("GET", "/healthz")[0] == 200
    foreign.execute("ROLLBACK")
    client.join(30)
    node.kill_serve()
    node.start()
    assert node.ask("GET", f"/tasks/{answers[0]}")[0] == 200
    foreign.close()


@pytest.mark.parametrize("change", ["pause", "edit"])
def test_fires_missed_while_down_are_recorded_though_the_task_is_changed_before_they_are_booked(node, tmp_path, change):
    """The runner is held, so that the new server still waits for its word when the change comes."""
    task = each_second(node, tmp_path)
    node.wait_until(lambda: node.all_executions("&status=SUCCESS"))
    runner = node.runner_pid()
    os.kill(runner, signal.SIGSTOP)
    try:
        node.kill_serve()
        down = time.time()
        node.wait_until(lambda: time.time() > down + 4)
        node.launch()
        asked = time.time()
        if change == "pause":
            answer = node.wait_until(lambda: node.try_ask("POST", f"/tasks/{task.id}/pause"))
        else:
            answer = node.wait_until(lambda: node.try_ask("PATCH", f"/tasks/{task.id}", {"cron": NEVER}))
        assert answer[0] == 200, answer
        task.pausing_at, task.paused_at = asked, time.time()
    finally:
        os.kill(runner, signal.SIGCONT)
    node.wait_ready()
    settled = time.time()
    node.wait_until(lambda: time.time() > settled + 2)
    evidence = oracle.Evidence([task], {}, node.all_executions(), {}, Journal(f"{tmp_path}/journal").refresh(),
                               oracle.Deeds(), 0)
    assert list(oracle.each_fire_has_one_record(evidence)) == []


# -- jobs that behave badly ------------------------------------------------------------------------------------------

def test_a_job_that_ignores_sigterm_is_killed_with_its_children_after_the_grace(node, tmp_path):
    command = f"trap '' TERM; sleep 300 & echo $! >{tmp_path}/child; echo $$ >{tmp_path}/pid; while :; do sleep 1; done"
    found = node.run_to_its_end(make(node, command, timeout_s=1, kill_grace_s=1))
    assert (found["status"], found["signal"]) == ("TIMEOUT", 9)
    assert 1900 <= found["duration_ms"] < 20_000
    node.wait_until(lambda: not is_alive(pid_in(tmp_path / "pid")) and not is_alive(pid_in(tmp_path / "child")))


DAEMON = "(setsid sh -c 'echo $$ >{0}/pid; exec sleep 300' &)"


def test_a_daemon_that_holds_the_pipe_does_not_hold_the_run(node, tmp_path):
    command = DAEMON.format(tmp_path) + f"; while [ ! -s {tmp_path}/pid ]; do sleep 0.01; done; echo done"
    task_id = make(node, command)
    found = node.run_to_its_end(task_id)
    daemon = node.wait_until(lambda: pid_in(tmp_path / "pid"))
    try:
        assert found["status"] == "SUCCESS" and found["duration_ms"] < 20_000
        log = log_of(node, found["id"])
        assert log.startswith(b"done\n") and HELD in log
        assert run(node, task_id), "the next run may begin"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(daemon, signal.SIGKILL)


def test_a_timeout_kills_a_daemon_that_left_the_group(node, tmp_path):
    command = DAEMON.format(tmp_path) + "; sleep 300"
    found = node.run_to_its_end(make(node, command, timeout_s=2, kill_grace_s=1))
    assert found["status"] == "TIMEOUT"
    daemon = pid_in(tmp_path / "pid")
    node.wait_until(lambda: not is_alive(daemon), 10)


@pytest.mark.parametrize("runner_is_back", [False, True])
def test_what_a_lost_run_left_behind_is_ended(node, tmp_path, runner_is_back):
    """Its leader is killed with the runner, or as an orphan of it; the rest of its group goes by kill_mode 'group'."""
    execution_id = run(node, make(node, f"sleep 300 & echo $! >{tmp_path}/child; echo $$ >{tmp_path}/leader; wait"))
    leader, child = (node.wait_until(lambda name=name: pid_in(tmp_path / name)) for name in ("leader", "child"))
    if runner_is_back:
        killed = node.kill_runner()
        node.wait_until(lambda: node.runner_pid() not in (None, killed) and node.ask("GET", "/readyz")[0] == 200)
        os.kill(leader, signal.SIGKILL)
    else:
        os.kill(node.runner_pid(), signal.SIGSTOP)  # it must not see the end
        os.kill(leader, signal.SIGKILL)
        node.kill_runner()
    try:
        assert node.wait_for_end(execution_id)["status"] == "LOST"
        node.wait_until(lambda: not is_alive(child), 10)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


# -- output ----------------------------------------------------------------------------------------------------------

def test_200_mb_of_output_leave_the_runner_small_and_a_mark_in_the_log(node):
    runner = node.wait_until(node.runner_pid)
    node.run_to_its_end(make(node, "echo first"))
    before = peak_mb(runner)
    size = 200_000_000
    found = node.run_to_its_end(make(node, f"echo begin; yes 'a line of the output, as any other' | head -c {size}; echo the end"))
    assert found["status"] == "SUCCESS"
    assert found["output_bytes"] == size + len("begin\nthe end\n")
    assert peak_mb(runner) < before + 16, "the runner grew with the output"
    log = log_of(node, found["id"])
    assert len(log) <= 10 * MIB + 4096 and DROPPED in log
    assert log.startswith(b"begin\n") and log.endswith(b"the end\n")
    assert found["output_dropped_bytes"] >= size - 10 * MIB


def test_a_line_of_50_mb_does_no_harm(node):
    size = 50_000_000
    runner = node.wait_until(node.runner_pid)
    before = peak_mb(runner)
    found = node.run_to_its_end(make(node, f"head -c {size} /dev/zero | tr '\\0' x; echo; echo the end"))
    assert (found["status"], found["output_bytes"]) == ("SUCCESS", size + len("\nthe end\n"))
    assert peak_mb(runner) < before + 16
    assert found["stdout"].endswith("x\nthe end\n") and len(found["stdout"]) < 70 * 1024
    assert DROPPED in log_of(node, found["id"])


def test_binary_output_is_kept_byte_for_byte_and_shown_as_valid_text(node, tmp_path):
    content = bytes(range(256)) * 40 + os.urandom(300_000) + b"\xff\xfe\x00\x80"
    (tmp_path / "content").write_bytes(content)
    found = node.run_to_its_end(make(node, f"cat {tmp_path}/content"))
    assert found["status"] == "SUCCESS"
    assert found["stdout"].encode(), "readable as JSON, and so as UTF-8"
    log = log_of(node, found["id"], "stdout")
    assert (len(log), hashlib.sha256(log).hexdigest()) == (len(content), hashlib.sha256(content).hexdigest())


def test_the_output_shown_is_that_of_the_last_attempt(node):
    """The first attempt's output has gone to a file, the second one's is short and quick."""
    command = 'echo "attempt $MINI_SCHEDULER_ATTEMPT"; [ "$MINI_SCHEDULER_ATTEMPT" -gt 1 ] || { sleep 0.3; exit 1; }'
    found = node.run_to_its_end(make(node, command, retry={"max_attempts": 2, "initial_delay_s": 0.1, "jitter": 0}))
    assert (found["status"], found["attempt"]) == ("SUCCESS", 2)
    assert found["stdout"] == "attempt 2\n"


def test_output_of_a_child_after_the_jobs_exit_is_kept_within_the_drain(node):
    found = node.run_to_its_end(make(node, "(sleep 1; echo late) & echo early"))
    assert (found["status"], found["stdout"]) == ("SUCCESS", "early\nlate\n")
    found = node.run_to_its_end(make(node, "(sleep 20; echo too late) & echo early"))
    assert found["status"] == "SUCCESS" and found["duration_ms"] < 15_000
    log = log_of(node, found["id"])
    assert log.startswith(b"early\n") and HELD in log and b"too late" not in log


def test_a_job_that_forks_twice_and_closes_its_output_ends_at_once_and_its_daemon_lives_on(node, tmp_path):
    """What a daemon is meant to do: it belongs to nobody's run then."""
    command = f"(setsid sh -c 'echo $$ >{tmp_path}/pid; exec sleep 300' </dev/null >/dev/null 2>&1 &) ; until [ -s {tmp_path}/pid ]; do :; done; echo started"
    found = node.run_to_its_end(make(node, command))
    daemon = node.wait_until(lambda: pid_in(tmp_path / "pid"))
    try:
        assert (found["status"], found["stdout"]) == ("SUCCESS", "started\n")
        assert found["duration_ms"] < 4000 and HELD not in log_of(node, found["id"])
        assert is_alive(daemon)
    finally:
        os.kill(daemon, signal.SIGKILL)


# -- the machine -----------------------------------------------------------------------------------------------------

def test_two_servers_on_one_machine_leave_each_others_jobs_alone(node, tmp_path):
    """Their executions have the same numbers. A cancel kills all that its own job started, and nothing else."""
    other = Node().start()
    try:
        for name, server in (("mine", node), ("others", other)):
            execution_id = run(server, make(server, f"echo $$ >{tmp_path}/{name}; exec sleep 300"))
            assert execution_id == 1
        mine, others = (node.wait_until(lambda name=name: pid_in(tmp_path / name)) for name in ("mine", "others"))
        other.wait_until(lambda: other.ask("GET", "/executions/1")[1]["status"] == "RUNNING")
        assert node.ask("POST", "/executions/1/cancel")[0] in (200, 202, 204)
        assert node.wait_for_end(1)["status"] == "CANCELLED"
        assert not is_alive(mine)
        assert is_alive(others), "the cancel killed another server's job"
        assert other.ask("GET", "/executions/1")[1]["status"] == "RUNNING"
        assert other.ask("POST", "/executions/1/cancel")[0] in (200, 202, 204)
        assert other.wait_for_end(1)["status"] == "CANCELLED"
    finally:
        other.close()


def test_a_runner_without_descriptors_starts_the_job_once_there_are_some(node):
    task_id = make(node, "echo started")
    node.run_to_its_end(task_id)
    runner = node.runner_pid()
    soft, hard = resource.prlimit(runner, resource.RLIMIT_NOFILE)
    used = len(os.listdir(f"/proc/{runner}/fd"))
    resource.prlimit(runner, resource.RLIMIT_NOFILE, (used + 1, hard))
    execution_id = run(node, task_id)
    until = time.monotonic() + 1
    while time.monotonic() < until:  # long enough for several tries
        assert node.ask("GET", f"/executions/{execution_id}")[1]["status"] == "PENDING"
        time.sleep(0.05)
    resource.prlimit(runner, resource.RLIMIT_NOFILE, (soft, hard))
    found = node.wait_for_end(execution_id)
    assert (found["status"], found["stdout"]) == ("SUCCESS", "started\n")


def test_a_server_that_starts_right_after_a_kill_waits_for_what_the_dead_one_left_locked(node):
    """A runner that the killed server was about to launch holds the folder's lock for the moment before its exec."""
    node.kill_serve()
    with open(node.folder + "/data/serve.lock", "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        node.launch()
        launched = time.monotonic()
        while time.monotonic() < launched + 0.5:
            node.check_alive()
            time.sleep(0.02)
    node.wait_ready()


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


SMALL_DISKS = [SmallDisk, SmallDiskOfTheDatabase] if SmallDisk.can_be_had() else []


@pytest.fixture(params=[RefusingDisk, *SMALL_DISKS])
def on_small_disk(request):
    instance = Node()
    disk = request.param(instance)
    instance.start()
    yield instance, disk
    instance.close()
    disk.close()


def test_a_full_disk_stops_neither_the_server_nor_a_job_and_loses_no_fire(on_small_disk, tmp_path):
    node, disk = on_small_disk
    task = each_second(node, tmp_path)
    talker = make(node, f"while [ ! -e {tmp_path}/gate ]; do seq 1 2000; sleep 0.05; done; echo the end >{tmp_path}/talked")
    talking = run(node, talker)
    node.wait_until(lambda: node.all_executions("&status=SUCCESS"))
    disk.fill()
    full_until = time.monotonic() + 8
    refused = 0
    while time.monotonic() < full_until:
        assert node.ask("GET", "/healthz")[0] == 200
        status, answer = node.ask("POST", "/tasks", {"name": f"while full {refused}", "cron": NEVER, "command": "true"})
        refused += status != 201
        if status == 201:
            assert node.ask("GET", f"/tasks/{answer['id']}")[0] == 200
        else:
            assert status in (500, 503, 507), answer
        time.sleep(0.1)
    assert refused, "the disk was not full"
    disk.make_room()
    freed = time.time()
    (tmp_path / "gate").touch()
    node.wait_until(lambda: any((oracle.wall(item["scheduled_at"]) or 0) > freed + 1
                                for item in node.all_executions("&status=SUCCESS")))
    found = node.wait_for_end(talking)
    assert (found["status"], (tmp_path / "talked").read_text()) == ("SUCCESS", "the end\n")
    records = account(node, task, tmp_path)
    before = {record["id"]: record["status"] for record in records}
    node.kill_serve()
    node.start()
    after = {record["id"]: record["status"] for record in node.all_executions() if record["task_id"] == task.id}
    assert after == before


def test_a_server_and_its_runner_killed_on_a_full_disk_come_back_and_account_for_every_fire(on_small_disk, tmp_path):
    node, disk = on_small_disk
    task = each_second(node, tmp_path)
    node.wait_until(lambda: node.all_executions("&status=SUCCESS"))
    disk.fill()
    failed = time.time()
    node.wait_until(lambda: time.time() > failed + 2)
    node.kill_serve()
    node.kill_runner()
    disk.make_room()
    node.start()
    node.wait_until(lambda: any(oracle.wall(item["scheduled_at"]) > failed + 4 for item in node.all_executions("&status=SUCCESS")))
    account(node, task, tmp_path)


@pytest.mark.skipif(not SMALL_DISKS, reason="nothing can be mounted here")
def test_a_full_disk_of_the_output_drops_output_and_nothing_else(tmp_path):
    node = Node()
    disk = SmallDiskOfTheOutput(node)
    node.start()
    try:
        task = each_second(node, tmp_path)
        node.wait_until(lambda: node.all_executions("&status=SUCCESS"))
        disk.fill()
        found = node.run_to_its_end(make(node, "seq 1 100000; echo the end"))
        assert found["status"] == "SUCCESS"
        assert found["output_dropped_bytes"] > 0 and found["output_bytes"] == 588895 + len("the end\n")
        kept = make(node, "true")
        disk.make_room()
        after = node.run_to_its_end(make(node, "seq 1 100000; echo the end"))
        assert after["output_dropped_bytes"] == 0 and after["stdout"].endswith("the end\n")
        assert node.ask("GET", f"/tasks/{kept}")[0] == 200
        records = account(node, task, tmp_path)
        assert {record["status"] for record in records} == {"SUCCESS"}
    finally:
        node.close()
        disk.close()


@pytest.mark.skipif(not SMALL_DISKS, reason="nothing can be mounted here")
@pytest.mark.parametrize("disk_kind", SMALL_DISKS)
def test_a_database_that_can_only_be_read_is_refused_with_words_and_whole_afterwards(disk_kind, tmp_path):
    node = Node()
    disk = disk_kind(node)
    node.start()
    try:
        task = each_second(node, tmp_path)
        node.wait_until(lambda: node.all_executions("&status=SUCCESS"))
        node.kill_serve()
        node.kill_runner()
        disk.mount_again("ro")
        words = subprocess.run([*node.prefix, node.binary, "serve", "--port", str(node.port), "--data-dir", node.folder + "/data",
                                *node.options], capture_output=True, text=True, timeout=60, cwd=node.folder)
        assert words.returncode == 1 and len(words.stderr.strip().splitlines()) >= 1
        assert "read-only" in words.stderr.lower() or "may not be written" in words.stderr, words.stderr
        disk.mount_again("rw")
        node.start()
        account(node, task, tmp_path)
    finally:
        node.close()
        disk.close()
