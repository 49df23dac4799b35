"""What a job may see and use: its environment, its user, its limits. Through the whole of the program."""
import json
import os
import pathlib
import pwd
import shutil
import subprocess
import time

import pytest

from mix import NEVER
from node import BINARY, Node, is_alive, processes_marked

IS_ROOT = os.geteuid() == 0
SOMEBODY = "nobody"
CANARY = "canary-7c1f5e"


@pytest.fixture(scope="module")
def node():
    instance = Node()
    instance.environment = {
        "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8", "LC_TIME": "C", "TZ": "UTC",
        "SECRET_KEY": f"{CANARY}-secret-key-of-32-characters", "MINI_SCHEDULER_ADMIN_PASSWORD": f"{CANARY}-password",
        "MINI_SCHEDULER_DATABASE_URL": f"sqlite:{instance.folder}/data/{CANARY}.db", "AWS_SECRET_ACCESS_KEY": f"{CANARY}-cloud",
        "MINI_SCHEDULER_SCHEDULER_RUN_AS_ALLOWED": f"{SOMEBODY},no-such-user", "LD_CANARY": CANARY, "NOTIFY_SOCKET": "", "BASH_ENV": f"/{CANARY}", "MINI_SCHEDULER_TOKEN": f"{CANARY}-token",
    }
    instance.log_in = lambda name, _password: Node.log_in(instance, name, f"{CANARY}-password")
    instance.start()
    yield instance
    instance.close()


def make(node, command, **more):
    status, task = node.ask("POST", "/tasks", {"name": command[:50], "cron": NEVER, "command": command, "timeout_s": 0, **more})
    assert status == 201, task
    return task["id"]


# -- the environment -------------------------------------------------------------------------------------------------

def test_a_job_sees_an_allow_list_its_task_and_nothing_of_the_server(node):
    found = node.run_to_its_end(make(node, "env", env={"MINE": "1"}))
    names = {line.split("=")[0] for line in found["stdout"].splitlines()}
    assert {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_TIME", "TZ", "MINE"} <= names
    assert names <= {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_TIME", "TZ", "MINE", "PWD", "SHLVL", "_", "OLDPWD",
                     *(f"MINI_SCHEDULER_{word}" for word in ("TASK_ID", "TASK_NAME", "EXECUTION_ID", "ATTEMPT", "SCHEDULED_AT",
                                                             "RUNNER"))}, names
    assert CANARY not in found["stdout"]


def test_a_job_finds_no_secret_of_the_servers_in_any_process_of_the_machine(node):
    """serve and runner have the same user as the job, so that /proc shows it their environment and command line."""
    found = node.run_to_its_end(make(node, "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline | tr '\\0' '\\n' | grep -c 'canary[-]7c1f5e'; "
                                           f"tr '\\0' '\\n' </proc/{node.process.pid}/environ | grep -c ."))
    canaries, rest = (int(line) for line in found["stdout"].split())
    # the server's own has those that are none of its settings still: what else it was started with is not its own to wipe
    environment = pathlib.Path(f"/proc/{node.process.pid}/environ").read_bytes().decode().split("\0")
    seen = [entry for entry in environment if CANARY in entry]
    assert sorted(entry.split("=")[0] for entry in seen) == ["AWS_SECRET_ACCESS_KEY", "BASH_ENV", "LD_CANARY"]
    assert canaries == len(seen) and rest > 0, found["stdout"]
    runner = pathlib.Path(f"/proc/{node.runner_pid()}/environ").read_bytes().decode()
    assert CANARY not in runner and "SECRET" not in runner


def test_umask_signals_session_and_descriptors_are_plain_though_the_servers_are_not(node, tmp_path):
    """serve was started with another umask, an ignored signal and descriptors that it was not told of."""
    other = Node()
    other.prefix = ["sh", "-c", "umask 077; trap '' USR1 HUP; exec 7</etc/passwd 8</etc/group; exec \"$@\"", "sh"]
    other.start()
    try:
        found = other.run_to_its_end(make(other, "umask; grep -E '^Sig(Blk|Ign)' /proc/self/status | cut -f2; ls /proc/self/fd | wc -l; "
                                                 "cut -d' ' -f1,5,6 /proc/$$/stat; tty || true"))
        umask, blocked, ignored, descriptors, ids, tty = found["stdout"].splitlines()
        assert (umask, blocked, ignored) == ("0022", "0" * 16, "0" * 16)
        assert int(descriptors) == 4, "the three, and that of ls"
        pid, group, session = ids.split()
        assert pid == group == session
        assert tty == "not a tty"
    finally:
        other.close()


# -- the user --------------------------------------------------------------------------------------------------------

def test_a_job_of_another_user_is_that_user_or_says_why_not(node):
    found = node.run_to_its_end(make(node, "id -un; id -G; echo $HOME $USER; touch /etc/passwd 2>/dev/null && echo mighty", run_as=SOMEBODY))
    if not IS_ROOT:
        assert (found["status"], found["error"]) == ("FAILED", f"spawn failed: groups of user '{SOMEBODY}': Operation not permitted")
        return
    entry = pwd.getpwnam(SOMEBODY)
    groups = " ".join(str(group) for group in os.getgrouplist(SOMEBODY, entry.pw_gid))
    assert found["stdout"] == f"{SOMEBODY}\n{groups}\n{entry.pw_dir} {SOMEBODY}\n"


def test_a_user_that_is_none_is_named(node):
    found = node.run_to_its_end(make(node, "true", run_as="no-such-user"))
    assert (found["status"], found["error"]) == ("FAILED", "spawn failed: user 'no-such-user': no such user")
    assert found["exit_code"] is None


# -- limits ----------------------------------------------------------------------------------------------------------

def test_limits_go_from_the_api_to_the_job_and_what_goes_over_them_is_told(node):
    task_id = make(node, "while :; do :; done", limits={"cpu_s": 1, "nice": 3})
    assert node.ask("GET", f"/tasks/{task_id}")[1]["limits"] == {"memory_bytes": None, "cpu_s": 1, "open_files": None,
                                                                 "processes": None, "nice": 3}
    found = node.run_to_its_end(task_id)
    assert (found["status"], found["signal"]) == ("FAILED", 24)
    assert found["error"] == "over its limit of cpu_s: 1 s of processor time (SIGXCPU)"
    status, changed = node.ask("PATCH", f"/tasks/{task_id}", {"limits": {"cpu_s": None, "open_files": 20}, "command": "ulimit -n; nice"})
    assert status == 200 and changed["limits"]["nice"] == 3
    assert node.run_to_its_end(task_id)["stdout"] == "20\n3\n"
    status, problem = node.ask("PATCH", f"/tasks/{task_id}", {"limits": {"nice": 20}})
    assert status == 422 and problem["errors"][0]["loc"] == ["body", "limits", "nice"], problem


def test_the_command_line_sets_limits(node):
    done = subprocess.run([BINARY, "task", "create", "--name", "limited", "--cron", NEVER, "--command", "true", "--max-memory", "1073741824",
                           "--max-cpu", "60", "--max-open-files", "100", "--max-processes", "20", "--nice", "5", "--json",
                           "--server", f"http://127.0.0.1:{node.port}"], capture_output=True, text=True,
                          env={"PATH": os.environ["PATH"], "HOME": node.folder, "MINI_SCHEDULER_TOKEN": node.token})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["limits"] == {"memory_bytes": 1 << 30, "cpu_s": 60, "open_files": 100, "processes": 20, "nice": 5}


def test_a_limit_of_processes_that_nothing_holds_fails_the_start(node):
    found = node.run_to_its_end(make(node, "true", limits={"processes": 77}))
    if not IS_ROOT or "pids" in node.ask("GET", "/readyz")[1]["kill_level"]:
        assert found["status"] == "SUCCESS", found["error"]
        return
    assert (found["status"], found["exit_code"]) == ("FAILED", None)
    assert found["error"].startswith("spawn failed: limit processes of 77: the job's user is root")
    assert "run_as" in found["error"]
    assert node.run_to_its_end(make(node, "true", limits={"processes": 1000}, run_as=SOMEBODY))["status"] == "SUCCESS"


def test_a_fork_bomb_is_held_by_its_limit_and_gone_after_its_timeout(node):
    """The limit counts all processes of the user where there is no cgroup that counts, and root is not bound by it."""
    owner = pwd.getpwnam(SOMEBODY).pw_uid if IS_ROOT else os.geteuid()
    already = sum(os.stat(f"/proc/{pid}").st_uid == owner for pid in os.listdir("/proc") if pid.isdigit() and is_alive(pid))
    more = 60
    bomb = make(node, "bomb() { bomb | bomb & }; bomb; sleep 300", timeout_s=3, kill_grace_s=1, env={"BOMB": CANARY},
                limits={"processes": already + more}, **({"run_as": SOMEBODY} if IS_ROOT else {}))
    execution_id = node.ask("POST", f"/tasks/{bomb}/run", {})[1]["execution_id"]
    most = 0

    def has_ended():
        nonlocal most
        most = max(most, len(processes_marked(f"BOMB={CANARY}")))
        assert node.ask("GET", "/healthz")[0] == 200
        return node.ask("GET", f"/executions/{execution_id}")[1]["status"] not in ("PENDING", "RUNNING")
    node.wait_until(has_ended)
    found = node.ask("GET", f"/executions/{execution_id}")[1]
    assert found["status"] in ("TIMEOUT", "FAILED"), found
    assert most <= already + more, "the bomb outgrew its limit"
    node.wait_until(lambda: not processes_marked(f"BOMB={CANARY}"), 20)
    assert node.run_to_its_end(make(node, "echo well"))["stdout"] == "well\n"


def test_a_runner_that_may_start_no_process_starts_the_job_once_it_may(tmp_path):
    """fork gives EAGAIN: by the user's limit of processes, which does not bind root."""
    instance = Node()
    if IS_ROOT:
        somebody = pwd.getpwnam(SOMEBODY)
        os.chown(instance.folder, somebody.pw_uid, somebody.pw_gid)
        program = shutil.copy(BINARY, instance.folder)
        os.chmod(program, 0o755)
        instance.binary = program
        instance.prefix = ["setpriv", f"--reuid={somebody.pw_uid}", f"--regid={somebody.pw_gid}", "--clear-groups"]
    instance.start()
    try:
        task_id = make(instance, "echo started")
        instance.run_to_its_end(task_id)
        runner = instance.runner_pid()

        def allow(processes):
            subprocess.run([*instance.prefix, "prlimit", f"--pid={runner}", f"--nproc={processes}:"], check=True)
        allow(0)
        execution_id = instance.ask("POST", f"/tasks/{task_id}/run", {})[1]["execution_id"]
        until = time.monotonic() + 1
        while time.monotonic() < until:  # long enough for several tries
            assert instance.ask("GET", f"/executions/{execution_id}")[1]["status"] == "PENDING"
            time.sleep(0.05)
        allow(1000)
        found = instance.wait_for_end(execution_id)
        assert (found["status"], found["stdout"]) == ("SUCCESS", "started\n"), found
        allow(0)
        found = instance.run_to_its_end(task_id)
        assert (found["status"], found["error"]) == ("FAILED", "spawn failed: new process: Resource temporarily unavailable")
    finally:
        instance.close()


# -- what a kill reaches ---------------------------------------------------------------------------------------------

def test_readiness_shows_what_a_kill_reaches(node):
    status, ready = node.ask("GET", "/readyz")
    assert status == 200
    assert ready["kill_level"].startswith(("cgroup", "process tree")), ready
