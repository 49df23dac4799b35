#!/usr/bin/env python3
"""sequences.py [--binary B] [--steps N] [--seed S]: starts a server and asks it long sequences of requests that build on one another's
answers, from several accounts at once mixed up, with values from the edge of what is allowed and beyond. After each step: no 5xx, JSON
where JSON is said, no change by who may not change, and what was acknowledged is there. The seed repeats a sequence."""
import argparse
import json
import os
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
from server import Server  # noqa: E402

TEXTS = ("", "a", "nightly", "任务", "a" * 300, "a" * 70_000, "\0", "\n", "\u202e", "' OR 1=1 --", "<b>", "%s%n", "../../etc", "\ud7ff", "-1", "true", "🙂" * 50)
NUMBERS = (0, 1, -1, 2, 59, 60, 1000, 2**31, 2**53, 2**63 - 1, -2**63, 1.5, 1e308, -0.0)
CRONS = ("@daily", "0 0 1 1 *", "*/5 * * * *", "@every 1h", "@reboot", "60 * * * *", "* * 30 2 *", "", "H H * * *", "0 0 29 2 1", "@", "* * * * * *", "1-0 * * * *")
TIMES = ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.123Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0000-00-00", "now", "2026-01-01T00:00:00+02:00")


class Walk:
    def __init__(self, server, seed):
        self.server = server
        self.random = random.Random(seed)
        self.tasks, self.executions, self.tokens, self.users = {}, [], [], {}
        self.people = {"admin": server.token, None: None}
        self.trail = []
        for role in ("viewer", "operator", "editor"):
            name, password = f"{role}{seed}", f"the {role}'s words"
            status, answer = server.ask("POST", "/users", {"username": name, "password": password, "role": role})
            assert status == 201, answer
            self.people[role] = server.log_in(name, password)

    def pick(self, *choices):
        return self.random.choice(choices)

    def value(self):
        """Anything that JSON knows."""
        return self.pick(self.pick(*TEXTS), self.pick(*NUMBERS), None, True, False, [], {}, [self.pick(*TEXTS)], {self.pick(*TEXTS): self.pick(*TEXTS)},
                         [[[[1]]]], self.pick(*TIMES))

    def definition(self):
        body = {"name": f"task {self.random.randrange(50)}", "cron": self.pick(*CRONS[:4]), "command": self.pick("true", "false", "exit 3", "echo hi")}
        fields = {"description": self.pick(*TEXTS), "tags": [self.pick(*TEXTS) for _ in range(self.random.randrange(3))], "env": {"A": self.pick(*TEXTS)},
                  "timeout_s": self.pick(*NUMBERS), "retry": {"max_attempts": self.pick(*NUMBERS), "factor": self.pick(*NUMBERS)},
                  "overlap": self.pick("skip", "queue", "allow", "queue_all", "cancel_running", "x"), "misfire": {"policy": self.pick("skip", "fire_all", "no")},
                  "jitter_s": self.pick(*NUMBERS), "starts_at": self.pick(*TIMES), "priority": self.pick(*NUMBERS), "pool": self.pick(*TEXTS),
                  "on_success": [self.a_task()], "keep_executions": self.pick(*NUMBERS), "shell": self.pick("", "/bin/sh", "/nowhere"), "stdin": self.pick(*TEXTS),
                  "cron": self.pick(*CRONS), "timezone": self.pick("UTC", "Asia/Shanghai", "Mars/Olympus", ""), "run_as": self.pick("", "root", "nobody"),
                  "http": {"method": "GET", "url": "http://127.0.0.1:1/"}, "node_labels": {"a": "b"}, "status": self.pick("PAUSED", "ACTIVE", "RUNNING")}
        for name in self.random.sample(sorted(fields), self.random.randrange(4)):
            body[name] = fields[name] if self.random.random() < 0.8 else self.value()
        if self.random.random() < 0.1:
            body[self.pick("id", "x", "", "constructor", "name ")] = self.value()
        return body

    def a_task(self):
        return self.pick(*self.tasks) if self.tasks and self.random.random() < 0.9 else self.pick(0, 1, 999_999, 2**62)

    def an_execution(self):
        return self.pick(*self.executions[-50:]) if self.executions and self.random.random() < 0.9 else self.pick(0, 999_999)

    def step(self):
        """(method, path, body, least role)"""
        task, execution = self.a_task(), self.an_execution()
        return self.pick(
            ("POST", "/tasks", self.definition(), "editor"), ("POST", "/tasks", self.definition(), "editor"), ("PUT", f"/tasks/{task}", self.definition(), "editor"),
            ("PATCH", f"/tasks/{task}", {self.pick("name", "cron", "env", "timeout_s", "tags", "on_failure", "command", "status", "retry"): self.value()}, "editor"),
            ("DELETE", f"/tasks/{task}", None, "editor"), ("GET", f"/tasks/{task}", None, "viewer"), ("GET", f"/tasks/{task}/revisions", None, "viewer"),
            ("POST", f"/tasks/{task}/revisions/{self.pick(0, 1, 2, 99, -1, 'x')}/restore", None, "editor"),
            ("POST", f"/tasks/{task}/run", self.pick({}, None, {"force": True}, {"env": {"B": "1"}}, {"args": ["x", "x"]}, {"force": 1}, {"env": {"A=": ""}}), "operator"),
            ("POST", f"/tasks/{task}/{self.pick('pause', 'resume', 'toggle')}", None, "operator"),
            ("POST", f"/tasks/{task}/cleanup", self.pick({"keep": 1}, {"older_than_days": 0}, {"keep": -1}, {}, {"keep": 1, "older_than_days": 1}), "editor"),
            ("POST", f"/tasks/{task}/backfill", {"from": self.pick(*TIMES), "to": self.pick(*TIMES), "overlap": self.pick("skip", "allow", "x")}, "operator"),
            ("POST", f"/tasks/bulk/{self.pick('pause', 'resume', 'force_run')}", self.pick({"ids": [task, 0, task]}, {"filter": {"tag": "a"}}, {"ids": []}, {"ids": "x"}, {}), "operator"),
            ("POST", "/tasks/bulk/delete", {"ids": [task]}, "editor"), ("GET", f"/tasks/{task}/why?at={self.pick(*TIMES).replace('+', '%2B')}", None, "viewer"),
            ("GET", f"/executions/{execution}", None, "viewer"), ("GET", f"/executions/{execution}/log?offset={self.pick(0, 5, -1, 2**63)}", None, "viewer"),
            ("GET", f"/executions/{execution}/log/lines?{self.pick('from=1', 'from=0', 'from=-1', f'from={2**63}', 'tail=5', 'tail=5&from=1', 'count=1001', 'attempt=2')}", None, "viewer"),
            ("GET", f"/executions/{execution}/log/find?q={self.pick('a', '', '%C3%84', 'a' * 201)}&limit={self.pick(1, 10_000, 0)}", None, "viewer"),
            ("POST", f"/executions/{execution}/{self.pick('cancel', 'retry')}", None, "operator"),
            ("GET", f"/executions?limit={self.pick(1, 500, 501, 0)}&before={self.pick('', 1, 'x', '9999999999999999999')}", None, "viewer"),
            ("GET", f"/tasks?page={self.pick(1, 2, 10**9, 0)}&search={self.pick('a', '%25', '%27', '%22*', '%E4%BB%BB')}&sort={self.pick('name', 'id', 'x')}", None, "viewer"),
            ("GET", f"/api/cron/next?cron={self.pick('@daily', '0+0+29+2+*', '%2A', '')}&count={self.pick(1, 5, 0, 10**6)}&tz={self.pick('UTC', 'x')}", None, "viewer"),
            ("GET", "/api/upcoming", None, "viewer"), ("GET", "/api/stats", None, "viewer"), ("GET", "/audit?limit=5", None, "admin"),
            ("POST", "/users", {"username": self.pick("bob", "", "a" * 65, "ADMIN", "x y"), "password": self.pick("short", "long enough words"), "role": self.pick("viewer", "king")}, "admin"),
            ("PATCH", f"/users/{self.pick(0, 99, 'x')}", {"role": "viewer"}, "admin"),
            ("POST", "/auth/tokens", {"name": self.pick(*TEXTS), "scope": self.pick("read", "run", "write", "x"), "expires_in_days": self.pick(1, 0, None)}, "viewer"),
            ("DELETE", f"/auth/tokens/{self.pick(0, 1, 2, 3, 'x')}", None, "viewer"))

    def run(self, steps):
        for number in range(steps):
            who = self.pick("admin", "editor", "editor", "operator", "viewer", None)
            method, path, body, least = self.step()
            if path == "/users" and self.random.random() < 0.9:
                continue  # a third of a second of hashing each
            text = None if body is None else json.dumps(body)
            if text and self.random.random() < 0.03:
                text = text[:self.random.randrange(len(text))]
            self.trail = (self.trail + [(number, who, method, path, text and text[:200])])[-30:]
            status, headers, answer = self.server.request(method, path, text, {"Authorization": "Bearer " + self.people[who] if who else None})
            self.judge(who, method, path, body, least, status, headers, answer)
        assert self.server.ask("GET", "/readyz")[0] == 200
        for task in list(self.tasks)[:100]:
            status, found = self.server.ask("GET", f"/tasks/{task}")
            assert status == 200, (task, found)

    def judge(self, who, method, path, body, least, status, headers, answer):
        order = (None, "viewer", "operator", "editor", "admin")
        where = (status, answer if isinstance(answer, dict) else str(answer)[:300], self.trail[-1])
        assert status < 500, ("a failure of the server", where, self.trail)
        if who is None:
            assert status == 401, where
        elif order.index(who) < order.index(least):
            assert status == 403, where
        assert status == 204 or headers["Content-Type"].split(";")[0] in ("application/json", "application/problem+json", "text/plain"), where
        if status >= 400:
            assert answer["status"] == status and answer["detail"], where
            return
        if status == 201 and path == "/tasks":
            self.tasks[answer["id"]] = answer
        if "execution_id" in (answer if isinstance(answer, dict) else {}):
            self.executions.append(answer["execution_id"])
        if method == "DELETE" and path.startswith("/tasks/"):
            self.tasks.pop(int(path.split("/")[2]), None)
        if path == "/tasks/bulk/delete":
            for task in body["ids"]:
                self.tasks.pop(task, None)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default=os.environ.get("SCHEDULER_BINARY", "build/release/mini-scheduler"))
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    server = Server(options.binary).start()
    try:
        Walk(server, options.seed).run(options.steps)
        print(f"{options.steps} steps of seed {options.seed}: nothing found")
    finally:
        server.close()


if __name__ == "__main__":
    main()
