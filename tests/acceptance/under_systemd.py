#!/usr/bin/env python3
"""The packaged units on a kernel and a systemd of their own: run by scripts/under-systemd.sh inside its virtual machine,
as root."""
import os
import pathlib
import subprocess
import sys
import time
import traceback

from server import Server

UNIT = pathlib.Path("/sys/fs/cgroup/system.slice/mini-scheduler-runner.service")
MEMORY = 64 << 20
PROCESSES = 20
SECONDS = 60
# out of group and session, orphaned, without an environment: only a cgroup still holds it
DAEMON = ("env -i /usr/bin/setsid /bin/sh -c '(echo $(exec sh -c \"echo \\$PPID\") >/var/lib/mini-scheduler/{0}; "
          "exec sleep 600) &'; exec sleep 600")


class Installed(Server):
    """The server that systemd started."""

    def __init__(self):
        super().__init__("/usr/bin/mini-scheduler", keep="/var/lib/mini-scheduler")
        self.port = 8000

    def connect(self):
        def is_ready():
            try:
                return self.ask("GET", "/readyz")[0] == 200
            except OSError:
                return False
        self.wait_until(is_ready)
        self.token = self.token or self.log_in("admin", self.password)

    def make(self, name, command, **fields):
        status, task = self.ask("POST", "/tasks", {"name": name, "cron": "@yearly", "command": command, "timeout_s": SECONDS, **fields})
        assert status == 201, task
        return task["id"]

    def begin(self, task):
        status, answer = self.ask("POST", f"/tasks/{task}/run", {})
        assert status == 202, answer
        return answer["execution_id"]

    def status_of(self, execution):
        return self.ask("GET", f"/executions/{execution}")[1]["status"]


def property_of(unit, name):
    return subprocess.run(["systemctl", "show", "-P", name, unit], capture_output=True, text=True, check=True).stdout.strip()


def file_of(name):
    return pathlib.Path("/var/lib/mini-scheduler", name)


def written_pid(server, name):
    return int(server.wait_until(lambda: file_of(name).exists() and file_of(name).read_text().strip()))


def is_alive(pid):
    return pathlib.Path(f"/proc/{pid}").exists()


def the_units_run_as_their_user(server):
    for unit in ("mini-scheduler", "mini-scheduler-runner"):
        pid = property_of(unit, "MainPID")
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        user = subprocess.run(["id", "-u", "mini-scheduler"], capture_output=True, text=True, check=True).stdout.strip()
        assert f"Uid:\t{user}\t{user}\t" in status and "CapEff:\t0000000000000000" in status, status


def runs_have_cgroups_with_both_controllers(server):
    assert server.ask("GET", "/readyz")[1]["kill_level"] == "cgroup (memory, pids)", server.ask("GET", "/readyz")
    assert server.run_to_its_end(server.make("hello", "echo hello"))["stdout"] == "hello\n"


def a_limit_of_memory_holds_for_the_whole_run(server):
    # four processes, none of which alone is over it
    task = server.make("memory", "for n in 1 2 3 4; do python3 -c 'import time; x = bytearray(30 << 20); time.sleep(600)' & done; wait",
                       limits={"memory_bytes": MEMORY})
    ended = server.run_to_its_end(task)
    assert ended["status"] == "FAILED" and "memory_bytes" in ended["error"], ended
    within = server.run_to_its_end(server.make("little", "python3 -c 'x = bytearray(8 << 20)'", limits={"memory_bytes": MEMORY}))
    assert within["status"] == "SUCCESS" and 8 << 20 < within["max_rss_bytes"] < MEMORY, within


def a_limit_of_processes_ends_a_fork_bomb(server):
    task = server.make("bomb", "bomb() { bomb | bomb & }; bomb; wait; sleep 2; exit 3", limits={"processes": PROCESSES}, timeout_s=5, kill_grace_s=1)
    execution = server.begin(task)
    server.wait_until(lambda: server.status_of(execution) == "RUNNING")
    most = 0
    while server.status_of(execution) == "RUNNING":
        for current in UNIT.glob(f"mini-scheduler-*/{execution}.1/pids.current"):
            try:
                most = max(most, int(current.read_text()))
            except OSError:
                pass
    assert 1 < most <= PROCESSES, most
    assert server.run_to_its_end(server.make("after the bomb", "echo here"))["stdout"] == "here\n"


def a_kill_reaches_a_daemon_that_covered_its_tracks(server):
    execution = server.begin(server.make("daemon", DAEMON.format("daemon"), kill_grace_s=1))
    daemon = written_pid(server, "daemon")
    assert is_alive(daemon)
    server.ask("POST", f"/executions/{execution}/cancel")
    assert server.wait_for_end(execution)["status"] == "CANCELLED"
    server.wait_until(lambda: not is_alive(daemon))


def jobs_outlive_a_killed_and_a_restarted_server(server):
    execution = server.begin(server.make("long", "for n in 1 2 3 4 5 6 7 8; do echo $n; sleep 1; done"))
    server.wait_until(lambda: server.status_of(execution) == "RUNNING")
    before = property_of("mini-scheduler", "MainPID")
    os.kill(int(before), 9)
    server.wait_until(lambda: property_of("mini-scheduler", "MainPID") not in ("0", before))
    server.connect()
    subprocess.run(["systemctl", "restart", "mini-scheduler"], check=True)
    server.connect()
    ended = server.wait_for_end(execution)
    assert ended["status"] == "SUCCESS" and ended["stdout"] == "1\n2\n3\n4\n5\n6\n7\n8\n", ended


def a_killed_runner_comes_again_beside_its_jobs(server):
    task = server.make("kept", "echo $$ >/var/lib/mini-scheduler/kept; sleep 4", limits={"memory_bytes": MEMORY})
    execution = server.begin(task)
    job = written_pid(server, "kept")
    before = property_of("mini-scheduler-runner", "MainPID")
    os.kill(int(before), 9)
    server.wait_until(lambda: property_of("mini-scheduler-runner", "MainPID") not in ("0", before))
    assert is_alive(job), "the job should outlive its runner"
    server.connect()
    server.wait_until(lambda: server.ask("GET", "/readyz")[1].get("kill_level") == "cgroup (memory, pids)")
    assert server.wait_for_end(execution)["status"] == "LOST"
    assert not is_alive(job)
    again = server.run_to_its_end(server.make("over again", "python3 -c 'x = bytearray(200 << 20)'", limits={"memory_bytes": MEMORY}))
    assert "memory_bytes" in again["error"], again
    assert property_of("mini-scheduler-runner", "NRestarts") == "1"


def a_run_leaves_no_cgroup_but_empty_ones_for_others(server):
    def made_for_one_run():
        return [each for each in UNIT.glob("mini-scheduler-*/*") if each.is_dir() and each.name != "unlimited"]

    def spare():
        return list(UNIT.glob("mini-scheduler-*/unlimited/*/cgroup.events"))

    server.run_to_its_end(server.make("one more", "true"))
    server.wait_until(lambda: not made_for_one_run() and all("populated 0" in events.read_text() for events in spare()))
    assert 1 <= len(spare()) <= 64, spare()


def main():
    server = Installed()
    server.connect()
    checks = [the_units_run_as_their_user, runs_have_cgroups_with_both_controllers, a_limit_of_memory_holds_for_the_whole_run,
              a_limit_of_processes_ends_a_fork_bomb, a_kill_reaches_a_daemon_that_covered_its_tracks,
              jobs_outlive_a_killed_and_a_restarted_server, a_killed_runner_comes_again_beside_its_jobs,
              a_run_leaves_no_cgroup_but_empty_ones_for_others]
    failed = 0
    for check in checks:
        began = time.monotonic()
        try:
            check(server)
            print(f"ok      {check.__name__} ({time.monotonic() - began:.1f} s)", flush=True)
        except Exception:
            failed += 1
            print(f"FAILED  {check.__name__}\n{traceback.format_exc()}", flush=True)
    if failed:
        subprocess.run(["journalctl", "-b", "--no-pager", "-u", "mini-scheduler*"], check=False)
    print(f"{len(checks) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
