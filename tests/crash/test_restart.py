"""serve is killed while jobs run: the jobs notice nothing, and nothing of them is lost."""
import hashlib
import os
import pathlib
import signal
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "harness"))
from server import Server  # noqa: E402

BINARY = os.environ.get("SCHEDULER_BINARY", "build/release/mini-scheduler")
DEADLINE_S = 90


@pytest.fixture
def server():
    instance = Server(BINARY).start()
    yield instance
    instance.close()


def create(server, **body):
    status, task = server.ask("POST", "/tasks", {"cron": "0 0 1 1 *", **body})
    assert status == 201, task
    return task["id"]


def run(server, task_id):
    status, answer = server.ask("POST", f"/tasks/{task_id}/run", {})
    assert status == 202, answer
    return answer["execution_id"]


def execution(server, execution_id):
    status, found = server.ask("GET", f"/executions/{execution_id}")
    assert status == 200, found
    return found


def wait_for(condition):
    deadline = time.monotonic() + DEADLINE_S
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
    return value


def ended(server, execution_id):
    return wait_for(lambda: (found := execution(server, execution_id))["status"] not in ("PENDING", "RUNNING") and found)


def is_alive(pid):
    return os.path.exists(f"/proc/{pid}")


def test_fifty_jobs_that_write_survive_a_kill_of_serve_with_complete_output(server, tmp_path):
    jobs = 50
    gate = tmp_path / "gate"
    script = tmp_path / "job.sh"
    # writes before, during and after the restart; what it wrote is known by its checksum
    script.write_text(f"""echo $$ >"{tmp_path}/new.$1" && mv "{tmp_path}/new.$1" "{tmp_path}/pid.$1"
i=0
while [ ! -e "{gate}" ]; do echo "job $1 line $i"; i=$((i+1)); sleep 0.05; done
seq 1 2000 | sed "s/^/job $1 end /"
echo $i >"{tmp_path}/lines.$1"
""")
    ids = {n: run(server, create(server, name=f"job {n}", command=f"/bin/sh {script} {n}", timeout_s=0))
           for n in range(jobs)}
    wait_for(lambda: all((tmp_path / f"pid.{n}").exists() for n in ids))
    pids = {n: int((tmp_path / f"pid.{n}").read_text()) for n in ids}
    server.kill()
    assert all(is_alive(pid) for pid in pids.values())
    server.start()
    for n, execution_id in ids.items():
        assert execution(server, execution_id)["status"] == "RUNNING"
    gate.touch()
    for n, execution_id in ids.items():
        found = ended(server, execution_id)
        assert (found["status"], found["exit_code"], found["attempt"]) == ("SUCCESS", 0, 1)
        assert int((tmp_path / f"pid.{n}").read_text()) == pids[n]
        lines = int((tmp_path / f"lines.{n}").read_text())
        expected = "".join(f"job {n} line {i}\n" for i in range(lines))
        expected += "".join(f"job {n} end {i}\n" for i in range(1, 2001))
        status, log = server.ask("GET", f"/executions/{execution_id}/log?stream=stdout")
        assert status == 200
        assert hashlib.sha256(log).hexdigest() == hashlib.sha256(expected.encode()).hexdigest()


def test_a_job_that_ends_while_serve_is_down_is_booked_at_the_next_start(server, tmp_path):
    gate = tmp_path / "gate"
    command = f'while [ ! -e "{gate}" ]; do sleep 0.05; done; echo done >"{tmp_path}/done"; exit 3'
    execution_id = run(server, create(server, name="ends meanwhile", command=command, timeout_s=0))
    wait_for(lambda: execution(server, execution_id)["status"] == "RUNNING")
    server.kill()
    gate.touch()
    wait_for((tmp_path / "done").exists)
    server.start()
    found = ended(server, execution_id)
    assert (found["status"], found["exit_code"]) == ("FAILED", 3)


def test_a_timeout_holds_while_serve_is_down(server, tmp_path):
    command = f'echo $$ >"{tmp_path}/pid"; exec sleep 600'
    execution_id = run(server, create(server, name="too long", command=command, timeout_s=2))
    wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip())
    pid = int((tmp_path / "pid").read_text())
    server.kill()
    wait_for(lambda: not is_alive(pid))
    server.start()
    assert ended(server, execution_id)["status"] == "TIMEOUT"


def test_a_killed_runner_loses_its_jobs_by_evidence_and_the_task_goes_on(server, tmp_path):
    command = f'echo $$ >"{tmp_path}/pid"; exec sleep 600'
    task_id = create(server, name="lost", command=command, timeout_s=0)
    execution_id = run(server, task_id)
    wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip())
    pid = int((tmp_path / "pid").read_text())
    os.kill(server.runner_pid(), signal.SIGKILL)
    # its process lives: nobody may call it lost, nor start it again
    wait_for(lambda: server.ask("GET", "/readyz")[0] == 200 and server.runner_pid())
    # its start may have died with the runner before the server heard of it: then it is PENDING until the next one tells
    wait_for(lambda: execution(server, execution_id)["status"] == "RUNNING")
    assert server.ask("POST", f"/tasks/{task_id}/run", {})[0] == 409
    assert (tmp_path / "pid").read_text().strip() == str(pid)
    os.kill(pid, signal.SIGKILL)
    assert ended(server, execution_id)["status"] == "LOST"
    assert server.ask("POST", f"/tasks/{task_id}/run", {})[0] == 202


def test_fires_missed_while_down_leave_one_run_and_one_record(server):
    task_id = create(server, name="each second", command="true")
    server.ask("PATCH", f"/tasks/{task_id}", {"cron": "* * * * * *"})
    # one that was booked but not yet started would be started after the restart, and stand in the way of the one made up
    wait_for(lambda: any(item["status"] == "SUCCESS" for item in server.ask("GET", f"/tasks/{task_id}/executions")[1]["items"]))
    server.kill()
    stopped = time.time()
    wait_for(lambda: time.time() > stopped + 8)
    server.start()

    def records():
        items = server.ask("GET", f"/tasks/{task_id}/executions?limit=500")[1]["items"]
        return items if any(item["status"] == "MISSED" for item in items) else None
    items = wait_for(records)
    assert len([item for item in items if item["trigger"] == "misfire" and item["status"] != "MISSED"]) == 1
    missed = [item for item in items if item["status"] == "MISSED"]
    assert len(missed) == 1 and missed[0]["count"] >= 5
    nominal = [item["scheduled_at"] for item in items]
    assert len(nominal) == len(set(nominal)), "a fire was booked twice"
