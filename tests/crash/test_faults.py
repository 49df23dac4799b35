"""Faults that come from outside: a held database, jobs that behave badly, no descriptors. Nothing is lost, nothing hangs."""
import contextlib
import fcntl
import hashlib
import os
import resource
import signal
import sqlite3
import threading
import time

import pytest

import oracle
from faults import DROPPED, MIB, account, each_second, log_of, make, node, peak_mb, pid_in, run  # noqa: F401
from journal import Journal
from mix import NEVER
from node import Node, is_alive

HELD = b"held its output open"


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
    if held_s > oracle.LATE_S + 1:
        assert [record for record in records if record["trigger"] == "misfire"], "a misfire by the rule, but none was made"


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
