"""Secrets go in, and out to jobs only: canaries planted everywhere are looked for everywhere."""
import hashlib
import http.server
import json
import os
import pathlib
import re
import threading

import pytest

from conftest import BINARY, CommandLine
from one_time_code import one_time_code
from server import Server

DONE, FAILED, WRONG_USAGE, NOT_FOUND = range(4)


def canary(place):
    return f"canary-{place}-{os.urandom(12).hex()}"


class Planted:
    """A server with a canary in each place that holds secrets."""

    def __init__(self):
        self.secret, self.lines = canary("secret"), canary("line1") + "\n" + canary("line2")
        self.env, self.header, self.query, self.own_env = canary("env"), canary("header"), canary("query"), canary("own-env")
        self.admin_password, self.password = canary("admin"), canary("password")
        self.secret_key, self.secrets_key, self.audit_key = canary("jwt"), canary("sealing"), canary("audit")
        self.environment_only = canary("database-url")
        self.server = Server(BINARY, password=self.admin_password, environment={
            "MINI_SCHEDULER_ADMIN_PASSWORD": self.admin_password, "SECRET_KEY": self.secret_key,
            "MINI_SCHEDULER_SECRETS_KEY": self.secrets_key, "MINI_SCHEDULER_AUDIT_KEY": self.audit_key,
            "SOME_TOKEN": self.environment_only}).start()
        ask = self.server.ask
        assert ask("PUT", "/secrets/api.key", {"value": self.secret})[0] == 200
        assert ask("PUT", "/secrets/two-lines", {"value": self.lines})[0] == 200
        self.tokens = {}
        for role in ("viewer", "operator", "editor"):
            assert ask("POST", "/users", {"username": role, "password": self.password, "role": role})[0] == 201
            self.tokens[role] = self.server.log_in(role, self.password)
        self.token = ask("POST", "/auth/tokens", {"name": "ci", "scope": "read"})[1]["token"]
        viewer = {"Authorization": "Bearer " + self.tokens["viewer"]}
        self.totp = self.server.request("POST", "/auth/second-factor", {"current_password": self.password}, viewer)[2]["key"]
        self.recovery = self.server.request("POST", "/auth/second-factor/confirm", {"code": one_time_code(self.totp)}, viewer)[2]["recovery_codes"]

    def task(self, command, **more):
        status, task = self.server.ask("POST", "/tasks", {
            "name": "uses secrets", "cron": "@yearly", "command": command, "secrets": {"KEY": "api.key", "LINES": "two-lines"},
            "env": {"PLAIN": self.env}, **({"secret_files": {"KEY_FILE": "api.key"}} if command else {}), **more})
        assert status == 201, task
        return task

    # What may be seen by nobody and nothing, and what only by those who may edit the task.
    def hidden(self):
        return {name: getattr(self, name) for name in ("secret", "admin_password", "password", "secret_key", "secrets_key",
                                                       "audit_key", "token", "totp")} | {
            "line1": self.lines.split("\n")[0], "line2": self.lines.split("\n")[1], "recovery": self.recovery[0],
            "recovery as typed": self.recovery[0].replace("-", "")}

    def private(self):
        return {"env": self.env, "header": self.header, "query": self.query, "own_env": self.own_env}


@pytest.fixture(scope="module")
def planted():
    made = Planted()
    yield made
    made.server.close()


@pytest.fixture(scope="module")
def echo():
    """Answers with the headers that it was sent, but for the one that is no secret's."""
    class Echo(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            del self.headers["X-Plain"]
            body = str(self.headers).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def whole_output(server, execution):
    return server.request("GET", f"/executions/{execution['id']}/log")[2].decode()


def found_in(text, canaries):
    raw = text.encode() if isinstance(text, str) else text
    return [name for name, value in canaries.items() if value.encode() in raw]


def test_a_job_gets_its_secrets_and_its_output_hides_them(planted):
    server = planted.server
    task = planted.task('echo "<$KEY>"; printf %s "$KEY" | sha256sum; echo "$LINES" | tail -1 >&2; printf %s "$KEY" | cut -c1-9')
    ended = server.run_to_its_end(task["id"])
    digest = hashlib.sha256(planted.secret.encode()).hexdigest()
    assert ended["stdout"] == f"<***>\n{digest}  -\n{planted.secret[:9]}\n" and ended["stderr"] == "***\n"
    assert "<***>" in whole_output(server, ended)
    server.ask("DELETE", f"/tasks/{task['id']}")


def test_a_job_reads_a_secret_from_a_file_that_lies_in_memory_only(planted):
    server = planted.server
    task = planted.task('echo "$KEY_FILE"; cat "$KEY_FILE"; echo; sha256sum <"$KEY_FILE"; tr "\\0" "\\n" </proc/$$/environ | grep -c "^KEY_FILE=/dev/fd/3$"; '
                        'readlink "/proc/$$/fd/3"', secrets={}, secret_files={"KEY_FILE": "api.key"})
    ended = server.run_to_its_end(task["id"])
    digest = hashlib.sha256(planted.secret.encode()).hexdigest()
    assert ended["stdout"] == f"/dev/fd/3\n***\n{digest}  -\n1\n/memfd:secret (deleted)\n", ended
    server.ask("DELETE", f"/tasks/{task['id']}")


def test_files_of_secrets_are_checked_as_secrets_are(planted):
    server = planted.server

    def refused(fields):
        status, problem = server.ask("POST", "/tasks", {"name": "x", "cron": "@yearly", "command": "true", **fields})
        assert status == 422 and problem["errors"][0]["loc"] == ["body", "secret_files"], problem
        return problem["detail"]
    assert "'none'" in refused({"secret_files": {"A": "none"}})
    assert "in secrets too" in refused({"secrets": {"A": "api.key"}, "secret_files": {"A": "api.key"}})
    assert "{{NAME}}" in refused({"command": "", "http": {"url": "http://127.0.0.1/"}, "secret_files": {"A": "api.key"}})
    assert "no variable name" in refused({"secret_files": {"A B": "api.key"}})
    task = planted.task("true", secrets={}, secret_files={"A": "two-lines"})
    assert server.ask("DELETE", "/secrets/two-lines")[0] == 409
    server.ask("DELETE", f"/tasks/{task['id']}")


def test_a_secret_that_comes_in_pieces_is_hidden_live_too(planted):
    server = planted.server
    task = planted.task('printf %s "$KEY" | head -c 10; sleep 0.3; printf %s "$KEY" | tail -c +11; echo " end"')
    ended = server.run_to_its_end(task["id"])
    assert ended["stdout"] == "*** end\n"


def test_an_http_task_puts_secrets_in_its_call_and_hides_them_in_the_answer(planted, echo):
    server = planted.server
    task = planted.task("", http={"url": echo, "headers": {"X-Key": "Bearer {{KEY}}", "X-Plain": planted.header, "X-Kept": "{{OTHER}} {{"}})
    ended = server.run_to_its_end(task["id"])
    output = whole_output(server, ended)
    assert ended["status"] == "SUCCESS" and "X-Key: Bearer ***" in output and "X-Kept: {{OTHER}} {{" in output
    assert planted.secret not in output


def test_what_is_not_there_or_still_used_is_an_error_that_names_it(planted, command_line):
    server = planted.server
    status, problem = server.ask("POST", "/tasks", {"name": "x", "cron": "@yearly", "command": "true", "secrets": {"A": "none"}})
    assert status == 422 and problem["errors"][0]["loc"] == ["body", "secrets"] and "'none'" in problem["detail"]
    task = planted.task("true")
    status, problem = server.ask("DELETE", "/secrets/api.key")
    assert status == 409 and str(task["id"]) in problem["detail"]
    assert server.ask("DELETE", "/secrets/none")[0] == 404
    for name in ("a%20b", "%C3%A4"):
        status, problem = server.ask("PUT", "/secrets/" + name, {"value": planted.secret})
        assert status == 422 and planted.secret not in json.dumps(problem)
    status, problem = server.ask("PUT", "/secrets/x", {"value": planted.secret, "more": planted.secret})
    assert status == 422 and planted.secret not in json.dumps(problem)
    run_as = server.ask("POST", "/tasks", {"name": "x", "cron": "@yearly", "command": "true", "run_as": "daemon"})
    assert run_as[0] == 403 and "scheduler.run_as_allowed" in run_as[1]["detail"]


def test_only_admins_set_secrets_and_only_editors_see_their_names(planted):
    for role, reads in (("viewer", 403), ("operator", 403), ("editor", 200)):
        header = {"Authorization": "Bearer " + planted.tokens[role]}
        assert planted.server.request("GET", "/secrets", None, header)[0] == reads
        assert planted.server.request("PUT", "/secrets/mine", {"value": "v"}, header)[0] == 403
        assert planted.server.request("DELETE", "/secrets/api.key", None, header)[0] == 403
        assert planted.server.request("POST", "/secrets/rotate-key", {}, header)[0] == 403
    items = planted.server.ask("GET", "/secrets")[1]["items"]
    assert {tuple(sorted(item)) for item in items} == {("created_at", "name", "updated_at", "updated_by")}


def test_canaries_appear_nowhere(planted, echo):
    server = planted.server
    running = planted.task('echo "$KEY $LINES"; sleep 300')
    calls = planted.task("", name="calls", http={"url": f"{echo}?key={planted.query}", "headers": {"X-Plain": planted.header, "X-Key": "{{KEY}}"}})
    failing = planted.task('echo "$KEY" >&2; exit 3')
    broken = planted.task("true", working_dir="/nonexistent")
    run = server.ask("POST", f"/tasks/{running['id']}/run", {"env": {"OWN": planted.own_env}})[1]["execution_id"]
    server.wait_until(lambda: server.ask("GET", f"/executions/{run}")[1]["status"] == "RUNNING")
    assert server.ask("GET", f"/executions/{run}")[1]["env"] == {"OWN": planted.own_env}
    for task in (failing, broken):
        assert server.run_to_its_end(task["id"])["status"] == "FAILED"
    server.ask("PATCH", f"/tasks/{failing['id']}", {"description": "changed", "env": {"PLAIN": planted.env, "MORE": planted.env}})
    server.ask("POST", "/auth/login", {"username": "viewer", "password": planted.password + "x"})
    hidden, private = planted.hidden(), planted.private()

    # the command lines of all processes, the runner's surroundings, a job's
    seen = 0
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            seen += b"sleep" in words
            assert not found_in(words, hidden | private), entry
    assert seen, "the job runs"
    runner = pathlib.Path(f"/proc/{server.runner_pid()}/environ").read_bytes()
    assert not found_in(runner, {name: hidden[name] for name in ("admin_password", "secret_key", "secrets_key", "audit_key")})
    job = server.run_to_its_end(planted.task("env; true", env={})["id"])
    assert "SECRET_KEY" not in job["stdout"] and planted.environment_only not in job["stdout"]
    assert not found_in(job["stdout"], hidden)

    # what each role is answered, by every route that reads
    paths = server.ask("GET", "/openapi.json")[1]["paths"]
    asked = 0
    for path, methods in paths.items():
        if "get" not in methods or path.endswith("/stream") or path == "/events":
            continue
        for number in ([running["id"], calls["id"], failing["id"], run, run + 1] if "{" in path else [0]):
            target = re.sub(r"\{[^}]*\}", str(number), path)
            for role in ("viewer", "operator", "editor", None):
                header = {"Authorization": "Bearer " + planted.tokens[role]} if role else None
                status, headers, answer = server.request("GET", target, None, header)
                text = (answer if isinstance(answer, bytes) else json.dumps(answer).encode()) + str(headers).encode()
                forbidden = hidden | private if role in ("viewer", "operator") or target.startswith("/audit") else hidden
                assert not found_in(text, forbidden), (role, target, status)
                asked += 1
    assert asked > 100

    # every file but those of keys, while the server runs and after its end; a task's own env and headers are its definition, a run's its row
    def look():
        files = 0
        for path in pathlib.Path(server.folder).rglob("*"):
            if path.is_file() and path.suffix != ".key":
                is_database = path.name.startswith("scheduler.db")
                assert not found_in(path.read_bytes(), hidden if is_database else hidden | private), path
                files += 1
        return files
    assert look() > 5
    server.ask("POST", f"/executions/{run}/cancel")
    server.wait_for_end(run)
    server.stop()
    assert look() > 5
    server.start()
    log = pathlib.Path(server.folder, "stderr.log").read_bytes()
    assert log and not found_in(log, hidden | private)


def test_a_change_of_the_key_leaves_secrets_as_they_are():
    server = Server(BINARY).start()
    try:
        line = CommandLine(server)
        folder = ["--data-dir", server.folder + "/data"]
        value = canary("rotated")
        assert line.run("secret", "set", "api.key", *folder, stdin=value + "\n").returncode == DONE
        assert line.run("secret", "set", "bad name", *folder, stdin="x\n").returncode == FAILED
        task = server.ask("POST", "/tasks", {"name": "x", "cron": "@yearly", "command": 'test "$K" = "$WANTED"',
                                             "secrets": {"K": "api.key"}, "env": {"WANTED": value}})[1]
        before = pathlib.Path(server.folder, "data/secrets.key").read_text()
        assert "1 anew" in line.run("secret", "rotate-key", *folder).stdout
        after = pathlib.Path(server.folder, "data/secrets.key").read_text()
        assert before.strip() not in after
        assert server.run_to_its_end(task["id"])["status"] == "SUCCESS"
        server.stop()
        server.start()
        assert server.run_to_its_end(task["id"])["status"] == "SUCCESS"
        assert line.json("secret", "list", *folder)["items"][0]["name"] == "api.key"
        assert line.run("secret", "delete", "api.key", *folder).returncode == FAILED
        server.ask("DELETE", f"/tasks/{task['id']}")
        assert line.run("secret", "delete", "api.key", *folder).returncode == DONE
        assert line.run("secret", "delete", "api.key", *folder).returncode == NOT_FOUND
        # another key than the one that sealed them
        server.ask("PUT", "/secrets/lost", {"value": value})
        task = server.ask("POST", "/tasks", {"name": "y", "cron": "@yearly", "command": "true", "secrets": {"K": "lost"}})[1]
        server.stop()
        os.unlink(server.folder + "/data/secrets.key")
        server.start()
        ended = server.run_to_its_end(task["id"])
        assert ended["status"] == "FAILED" and "'lost'" in ended["error"] and value not in json.dumps(ended)
    finally:
        server.close()
