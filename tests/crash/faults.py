"""What tests of faults share: tasks on a server of their own, and what their records must say afterwards."""
import pathlib
import time

import pytest

import oracle
from journal import Journal
from mix import NEVER, Planned
from node import JOB, Node

MIB = 1 << 20
DROPPED = b"bytes of output dropped"


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
