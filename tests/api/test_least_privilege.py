"""What jobs and the server may do no more than they need."""
import os
import re
import subprocess

import pytest

from conftest import BINARY, ROOT
from server import Server

MOST_EXPOSED = {"mini-scheduler.service": 2.0, "mini-scheduler-runner.service": 4.0}


@pytest.mark.parametrize("unit", MOST_EXPOSED)
def test_the_units_are_hardened(unit):
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=100", "--no-pager", str(ROOT / "packaging" / unit)],
                          capture_output=True, text=True, timeout=60)
    exposure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    assert exposure, done.stderr
    assert float(exposure.group(1)) < MOST_EXPOSED[unit]


def test_jobs_gain_nothing_from_setuid_programs_unless_told_so():
    for environment, flag in (({}, "1"), ({"MINI_SCHEDULER_SCHEDULER_NO_NEW_PRIVS": "no"}, "0")):
        server = Server(BINARY, environment=environment).start()
        try:
            task = server.ask("POST", "/tasks", {"name": "x", "cron": "@yearly", "command": "grep NoNewPrivs /proc/self/status"})[1]
            assert server.run_to_its_end(task["id"])["stdout"].split() == ["NoNewPrivs:", flag]
        finally:
            server.close()


def test_run_as_is_for_those_who_are_named_at_save_and_at_start():
    server = Server(BINARY, environment={"MINI_SCHEDULER_SCHEDULER_RUN_AS_ALLOWED": "daemon"}).start()
    try:
        body = {"name": "x", "cron": "@yearly", "command": "id -un"}
        status, task = server.ask("POST", "/tasks", {**body, "run_as": "daemon"})
        assert status == 201, task
        assert server.ask("POST", "/tasks", {**body, "run_as": "bin"})[0] == 403
        if os.geteuid() == 0:
            assert server.run_to_its_end(task["id"])["stdout"] == "daemon\n"
        server.stop()
        server.environment = {}
        server.start()
        ended = server.run_to_its_end(task["id"])
        assert ended["status"] == "FAILED" and "scheduler.run_as_allowed" in ended["error"]
    finally:
        server.close()


def test_a_server_without_a_runner_of_its_own_says_where_it_looks():
    server = Server(BINARY, environment={"MINI_SCHEDULER_SCHEDULER_START_RUNNER": "no"})
    os.makedirs(server.folder + "/data", 0o700)
    runner = subprocess.Popen([BINARY, "runner", "--data-dir", server.folder + "/data", "--linger", "86400"], cwd=server.folder)
    try:
        server.start()
        task = server.ask("POST", "/tasks", {"name": "x", "cron": "@yearly", "command": "echo $PPID"})[1]
        assert server.run_to_its_end(task["id"])["stdout"] == f"{runner.pid}\n"
        runner.terminate()
        runner.wait(10)
        server.wait_until(lambda: "start_runner" in str(server.ask("GET", "/readyz")))
        assert server.ask("GET", "/readyz")[0] == 503
    finally:
        runner.kill()
        runner.wait(10)
        server.stop()
        server.close()


def test_a_server_that_runs_as_root_says_so():
    server = Server(BINARY).start()
    try:
        with open(server.folder + "/stderr.log") as log:
            assert ("serve.as_root" in log.read()) == (os.geteuid() == 0)
    finally:
        server.close()
