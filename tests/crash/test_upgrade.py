"""A new program: serve is stopped, the new one started, and the runner follows it in its own place. Jobs notice nothing."""
import hashlib
import os
import shutil

import pytest

from mix import NEVER
from node import BINARY, Node, is_alive

JOBS = 20


@pytest.fixture
def node():
    instance = Node()
    instance.binary = shutil.copy(BINARY, instance.folder + "/old")
    with open(instance.folder + "/config.toml", "w") as config:
        config.write("[output]\nmax_bytes = 200000\n")
    instance.options = ["--config", instance.folder + "/config.toml"]
    instance.start()
    yield instance
    instance.close()


def run(node, command, **more):
    status, task = node.ask("POST", "/tasks", {"name": command[:50], "cron": NEVER, "command": command, "timeout_s": 0, **more})
    assert status == 201, task
    status, answer = node.ask("POST", f"/tasks/{task['id']}/run", {})
    assert status == 202, answer
    return answer["execution_id"]


def upgrade(node, killed=False):
    fresh = shutil.copy(BINARY, node.folder + "/new")
    if killed:
        node.kill_serve()
    else:
        node.stop()
    node.binary = fresh
    node.start()
    return fresh


def program_of(pid):
    return os.readlink(f"/proc/{pid}/exe")


@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
def test_jobs_notice_nothing_of_a_new_program(node, tmp_path, killed):
    gate = tmp_path / "gate"
    talk = (f"i=0; while [ ! -e {gate} ]; do echo line $i; echo err $i >&2; i=$((i+1)); sleep 0.02; done; "
            f"seq 1 500; echo $i >{tmp_path}/lines.$MINI_SCHEDULER_EXECUTION_ID; exit 7")
    talkers = [run(node, talk, success_exit_codes=[7]) for _ in range(JOBS)]
    flood = run(node, f"while [ ! -e {gate} ]; do seq 1 20000; echo >>{tmp_path}/rounds; sleep 0.05; done; echo the end")
    limited = run(node, "trap '' TERM; while :; do sleep 0.1; done", timeout_s=6, kill_grace_s=1)
    short = node.run_to_its_end(node.ask("POST", "/tasks", {"name": "short", "cron": NEVER, "command": "echo $$"})[1]["id"])
    node.wait_until(lambda: len(node.all_executions("&status=RUNNING")) == JOBS + 2)
    rounds = tmp_path / "rounds"
    node.wait_until(lambda: rounds.exists() and rounds.stat().st_size > 4)  # its tail goes round already
    runner, old = node.runner_pid(), program_of(node.runner_pid())
    fresh = upgrade(node, killed)
    node.wait_until(lambda: program_of(runner) == fresh)
    assert node.runner_pid() == runner and old != fresh
    node.wait_ready()
    for execution_id in [*talkers, flood]:
        assert node.ask("GET", f"/executions/{execution_id}")[1]["status"] == "RUNNING"
    before = rounds.stat().st_size
    node.wait_until(lambda: rounds.stat().st_size > before + 4)
    gate.touch()
    for execution_id in talkers:
        found = node.wait_for_end(execution_id)
        assert (found["status"], found["exit_code"]) == ("SUCCESS", 7), found
        lines = int((tmp_path / f"lines.{execution_id}").read_text())
        expected = "".join(f"line {i}\n" for i in range(lines)) + "".join(f"{i}\n" for i in range(1, 501))
        for stream, text in (("stdout", expected), ("stderr", "".join(f"err {i}\n" for i in range(lines)))):
            _, _, log = node.request("GET", f"/executions/{execution_id}/log?stream={stream}")
            assert hashlib.sha256(log).hexdigest() == hashlib.sha256(text.encode()).hexdigest()
    found = node.wait_for_end(flood)
    _, _, log = node.request("GET", f"/executions/{flood}/log")
    assert found["status"] == "SUCCESS" and log.endswith(b"the end\n") and b"bytes of output dropped" in log
    assert found["output_bytes"] == len(log) - len(log[log.index(b"\n[..."):log.index(b"...]\n") + 5]) + found["output_dropped_bytes"]
    found = node.wait_for_end(limited)
    assert (found["status"], found["signal"]) == ("TIMEOUT", 9), found
    assert 6900 < found["duration_ms"] < 15_000
    assert node.ask("GET", f"/executions/{short['id']}")[1]["status"] == "SUCCESS"
    assert run(node, "true") and not node.all_executions("&status=LOST")


def test_the_same_program_is_followed_once(node):
    runner = node.runner_pid()
    fresh = upgrade(node)
    node.wait_until(lambda: program_of(runner) == fresh)
    node.kill_serve()
    node.start()
    assert node.runner_pid() == runner
    followed = open(node.folder + "/stderr.log", errors="replace").read().count("runner.follows_program")
    assert followed == 1


def test_a_start_that_waits_for_a_passing_shortage_survives_the_change(node, tmp_path):
    program = tmp_path / "busy"
    shutil.copy("/bin/true", program)
    with open(program, "ab"):
        execution_id = run(node, str(program))
        node.wait_until(lambda: node.ask("GET", f"/executions/{execution_id}")[1]["status"] == "PENDING")
        upgrade(node, killed=True)
    assert node.wait_for_end(execution_id)["status"] == "SUCCESS"


def test_what_was_on_its_way_to_its_end_gets_there_under_the_new_program(node, tmp_path):
    """One in its grace, one whose daemon holds the pipe, and one that has written the half of a secret."""
    secret = "canary-" + os.urandom(12).hex()
    assert node.ask("PUT", "/secrets/key", {"value": secret})[0] == 200
    graced = run(node, f"trap '' TERM; echo $$ >{tmp_path}/graced; while :; do sleep 0.1; done", kill_grace_s=5)
    drained = run(node, f"setsid sh -c 'echo $$ >{tmp_path}/daemon; exec sleep 300' & "
                        f"while ! [ -s {tmp_path}/daemon ]; do sleep 0.02; done; echo done; echo $$ >{tmp_path}/drained")
    half = run(node, f'printf "it is %s" "${{KEY%????}}"; touch {tmp_path}/half; while [ ! -e {tmp_path}/gate ]; do sleep 0.02; '
                     'done; echo "${KEY#${KEY%????}} it is"', secrets={"KEY": "key"})

    def pid_in(name):
        return node.wait_until(lambda: (tmp_path / name).exists() and (tmp_path / name).read_text().strip())

    assert int(pid_in("graced"))
    leader = pid_in("drained")
    node.wait_until(lambda: (tmp_path / "half").exists() and not is_alive(leader))
    assert node.ask("POST", f"/executions/{graced}/cancel")[0] in (200, 202)
    runner = node.runner_pid()
    fresh = upgrade(node, killed=True)
    node.wait_until(lambda: program_of(runner) == fresh)
    for execution_id in (graced, drained, half):
        found = node.ask("GET", f"/executions/{execution_id}")[1]
        assert found["status"] == "RUNNING", found
    (tmp_path / "gate").touch()
    found = node.wait_for_end(half)
    assert (found["status"], found["stdout"]) == ("SUCCESS", "it is *** it is\n"), found
    found = node.wait_for_end(graced)
    assert (found["status"], found["signal"]) == ("CANCELLED", 9), found
    found = node.wait_for_end(drained)
    assert (found["status"], found["exit_code"]) == ("SUCCESS", 0) and found["stdout"].startswith("done\n"), found
