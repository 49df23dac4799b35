"""@reboot: once after each start of the machine. Another boot is told by its mark in a stopped server's database."""
import os
import pathlib
import signal
import sqlite3

import pytest

from conftest import BINARY
from server import Server


@pytest.fixture
def server():
    server = Server(BINARY).start()
    yield server
    server.close()


def create(server, name, **part):
    status, task = server.ask("POST", "/tasks", {"name": name, "cron": "@reboot", "command": "exec sleep 600", "timeout_s": 0, **part})
    assert status == 201, task
    return task


def runs(server, task):
    return server.ask("GET", f"/tasks/{task['id']}/executions")[1]["items"]


def boot_again(server, jobs=(), machine_too=True):
    for pid in [server.process.pid, *([server.runner_pid(), *jobs] if machine_too else [])]:
        os.kill(pid, signal.SIGKILL)
    server.process.wait()
    with sqlite3.connect(server.folder + "/data/scheduler.db") as database:
        database.execute("UPDATE settings SET value = 'another boot' WHERE key = 'last_boot'")
    database.close()
    server.start()


def test_what_ran_when_the_machine_went_down_runs_again_at_its_next_start(server):
    daemon = create(server, "daemon", command=f"echo $$ >{server.folder}/pid; exec sleep 600")
    first = server.ask("POST", f"/tasks/{daemon['id']}/run")[1]["execution_id"]
    server.wait_until(lambda: runs(server, daemon)[0]["status"] == "RUNNING")
    boot_again(server, jobs=[int(pathlib.Path(server.folder, "pid").read_text())])
    server.wait_until(lambda: [run["status"] for run in runs(server, daemon)] == ["RUNNING", "LOST"])
    newest, oldest = runs(server, daemon)
    assert oldest["id"] == first
    assert (newest["trigger"], newest["triggered_by"]) == ("schedule", "@reboot")


def test_a_run_that_goes_on_leaves_a_record_of_the_one_that_was_skipped(server):
    daemon = create(server, "daemon")
    server.ask("POST", f"/tasks/{daemon['id']}/run")
    server.wait_until(lambda: runs(server, daemon)[0]["status"] == "RUNNING")
    boot_again(server, machine_too=False)
    server.wait_until(lambda: [run["status"] for run in runs(server, daemon)] == ["SKIPPED", "RUNNING"])
    assert "is running already" in runs(server, daemon)[0]["reason"]


def test_each_way_to_write_it_runs_and_only_within_its_window(server):
    tasks = [create(server, f"written {number}", cron=cron, command="true")
             for number, cron in enumerate((" @reboot", "@REBOOT ", "CRON_TZ=Europe/Berlin @reboot"))]
    assert {task["cron"] for task in tasks} == {"@reboot"}
    early = create(server, "too early", starts_at="2090-01-01T00:00:00Z")
    late = create(server, "too late", ends_at="2020-01-01T00:00:00Z")
    boot_again(server)
    for task in tasks:
        server.wait_until(lambda: [run["status"] for run in runs(server, task)] == ["SUCCESS"])
    assert runs(server, early) == runs(server, late) == []
