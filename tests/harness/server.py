"""The built binary as a process: started in a folder of its own, asked over HTTP, watched through /proc."""
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, binary, keep=None, arguments=(), environment=None, tls=None, password="admin123"):
        """`environment` is added to this process's own; `tls` is an ssl.SSLContext for a server that speaks HTTPS."""
        self.binary = str(pathlib.Path(binary).resolve())
        self.folder = keep or tempfile.mkdtemp(prefix="scheduler_")
        self.port = free_port()
        self.arguments = list(arguments)
        self.environment = {**os.environ, **(environment or {})}
        self.tls = tls
        self.password = password
        self.process = None
        self.token = None
        self.start_seconds = None

    def start(self):
        began = time.monotonic()
        self.process = subprocess.Popen(
            [self.binary, "serve", "--port", str(self.port), "--data-dir", self.folder + "/data", *self.arguments],
            cwd=self.folder, env=self.environment, stdout=open(self.folder + "/stdout.log", "ab"), stderr=open(self.folder + "/stderr.log", "ab"))
        while True:
            try:
                if self.ask("GET", "/readyz")[0] == 200:
                    break
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() - began > 60:
                raise SystemExit(f"the server did not start; see {self.folder}/stderr.log")
            time.sleep(0.005)
        self.start_seconds = time.monotonic() - began
        if self.token is None:
            status, answer = self.ask("POST", "/auth/login", {"username": "admin", "password": self.password})
            if status != 200:
                raise SystemExit(f"log-in answered {status}: {answer}")
            self.token = answer["access_token"]
        return self

    def ask(self, method, path, body=None):
        status, _, answer = self.request(method, path, body)
        return status, answer

    def request(self, method, path, body=None, headers=None):
        """Gives status, headers and body, the body read where it is JSON. A token in `headers` stands over the admin's."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=120, context=self.tls) if self.tls else \
            http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        sent = {"Content-Type": "application/json"}
        if self.token:
            sent["Authorization"] = "Bearer " + self.token
        sent.update(headers or {})
        text = body if isinstance(body, (str, bytes)) or body is None else json.dumps(body)
        connection.request(method, path, text, {name: value for name, value in sent.items() if value is not None})
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        return response.status, response.headers, json.loads(answer) if answer[:1] in (b"{", b"[") else answer

    def log_in(self, name, password):
        status, answer = self.ask("POST", "/auth/login", {"username": name, "password": password})
        assert status == 200, answer
        return answer["access_token"]

    def wait_until(self, condition, deadline_s=60):
        """What `condition` gives, once that is true."""
        end = time.monotonic() + deadline_s
        while not (value := condition()):
            assert time.monotonic() < end, "it did not happen in time"
            time.sleep(0.02)
        return value

    def run_to_its_end(self, task_id, body=None):
        status, answer = self.ask("POST", f"/tasks/{task_id}/run", body or {})
        assert status == 202, answer
        return self.wait_for_end(answer["execution_id"])

    def wait_for_end(self, execution_id):
        def ended():
            found = self.ask("GET", f"/executions/{execution_id}")[1]
            return found if found["status"] not in ("PENDING", "RUNNING") else None
        return self.wait_until(ended)

    def kill(self):
        """As the machine would: at once, with no last word."""
        self.process.kill()
        self.process.wait(10)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(10)

    def runner_pid(self):
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                words = pathlib.Path(f"/proc/{entry}/cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"runner" in words and (self.folder + "/data").encode() in words:
                return int(entry)
        return None

    def pids(self):
        return [pid for pid in (self.process.pid, self.runner_pid()) if pid]

    def cpu_seconds(self):
        """Of the threads that live, to the nanosecond: clock ticks are too coarse for what is compared."""
        total = 0
        for pid in self.pids():
            for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
                total += int((thread / "schedstat").read_text().split()[0])
        return total / 1e9

    def resident_mb(self):
        total = 0
        for pid in self.pids():
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1])
        return total / 1024

    def close(self):
        runner = self.runner_pid() if self.process else None
        self.stop()
        if runner:
            try:
                os.kill(runner, signal.SIGTERM)
            except ProcessLookupError:
                pass
        shutil.rmtree(self.folder, ignore_errors=True)
