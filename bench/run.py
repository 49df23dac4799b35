#!/usr/bin/env python3
"""bench/run.py [--binary B] [--raw R] [--rounds N] [--fires N] [--only NAME,...]

Measures the built server against the figures of docs/performance.md: each comparison side by side in this run,
alternately, medians of pairwise ratios. Everything runs on loopback in a temporary folder and ends by itself."""
import argparse
import http.client
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tests" / "harness"))
from server import Server, free_port  # noqa: E402

HERE = pathlib.Path(__file__).parent
COMMANDS = {"true": ["/bin/true"], "shell": ["/bin/sh", "-c", "echo hello; exit 0"]}
TASKS = {"true": "/bin/true", "shell": "echo hello; exit 0"}


def say(text):
    print(text, flush=True)


def median(values):
    return statistics.median(values)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def raw_rate(arguments, count, command):
    printed = subprocess.run([arguments.raw, str(count), "--outstanding", "8", "--", *command], check=True,
                             capture_output=True, text=True).stdout
    rate = float(re.search(r"rate[^0-9]*([0-9.]+)", printed)[1])
    cost = float(re.search(r"own[^0-9]*([0-9.]+)", printed)[1])
    return rate, cost


def make_tasks(server, count, body):
    ids = []
    for number in range(count):
        status, task = server.ask("POST", "/tasks", {"name": f"bench {number}", **body})
        if status != 201:
            raise SystemExit(f"POST /tasks answered {status}: {task}")
        ids.append(task["id"])
    return ids


class Watch:
    """Asks a server over one connection, so that the asking takes little of what is measured."""
    def __init__(self, server):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port)
        self.headers = {"Authorization": "Bearer " + server.token}

    def ask(self, path):
        self.connection.request("GET", path, headers=self.headers)
        return self.connection.getresponse().read()

    def finished_count(self):
        return int(re.search(rb"^mini_scheduler_attempts_finished_total (\d+)", self.ask("/metrics"), re.M)[1])

    def wait_until_final(self, finished, not_before_s=0.0):
        """Returns when that many attempts have ended and every row says so. Asks for the cheap figure first, and not
        before it can be true."""
        time.sleep(not_before_s)
        while self.finished_count() < finished:
            time.sleep(0.01)
        while any(json.loads(self.ask(f"/executions?status={status}&limit=1"))["items"] for status in ("PENDING", "RUNNING")):
            time.sleep(0.002)


def durable(arguments):
    """Bulk force run of 1,000 tasks until every row is final, against the raw spawner."""
    for name in ("true", "shell"):
        server = Server(arguments.binary).start()
        watch = Watch(server)
        ids = make_tasks(server, 1000, {"cron": "0 0 1 1 *", "command": TASKS[name]})
        ratios, costs, rates, raws = [], [], [], []
        for _ in range(arguments.rounds):
            raw, raw_cost = raw_rate(arguments, 1000, COMMANDS[name])
            cpu = server.cpu_seconds()
            finished = watch.finished_count()
            began = time.monotonic()
            status, answer = server.ask("POST", "/tasks/bulk/force_run", {"ids": ids})
            assert status == 200 and answer["done"] == 1000, answer
            watch.wait_until_final(finished + 1000, 0.8 * 1000 / raw)
            rate = 1000 / (time.monotonic() - began)
            own = (server.cpu_seconds() - cpu)
            ratios.append(rate / raw)
            costs.append((own, raw_cost))
            rates.append(rate)
            raws.append(raw)
        bad = sum(server.ask("GET", f"/executions?status={s}&limit=1")[1]["items"] != []
                  for s in ("FAILED", "LOST", "TIMEOUT"))
        assert bad == 0, "not every execution succeeded"
        say(f"durable {name}: {median(rates):.0f}/s against raw {median(raws):.0f}/s, ratio {median(ratios):.3f} "
            f"(min {min(ratios):.3f}, max {max(ratios):.3f}); own CPU {median([c for c, _ in costs]):.3f} ms an execution, "
            f"raw spawner {median([r for _, r in costs]):.3f} ms, ratio {median([c / r for c, r in costs]):.2f}")
        server.close()


def bare_start_ms(command, out):
    """How long that command takes to write its time when a plain program starts it, with nothing else to do."""
    taken = []
    for _ in range(20):
        began = time.time()
        os.waitpid(os.posix_spawn("/bin/sh", ["sh", "-c", command], os.environ), 0)
        with open(out) as written:
            taken.append((float(written.read()) - began) * 1000)
        os.remove(out)
    return median(taken)


def burst(arguments):
    """1, 100 and 1,000 tasks due in the same second; each appends its start time."""
    for count in (1, 100, 1000):
        rounds = []
        raw = raw_rate(arguments, 1000, ["/bin/sh", "-c", "date +%s.%N >>/dev/null"])[0]
        server = Server(arguments.binary).start()
        out = server.folder + "/starts"
        bare = bare_start_ms(f"date +%s.%N >>{out}", out)
        when = int(time.time()) + 4 + count // 200
        at = time.gmtime(when)
        cron = f"{at.tm_sec} {at.tm_min} {at.tm_hour} {at.tm_mday} {at.tm_mon} *"
        make_tasks(server, count, {"cron": cron, "command": f"date +%s.%N >>{out}"})
        assert time.time() < when, "the machine is too slow to make the tasks in time"
        while not os.path.exists(out) or sum(1 for _ in open(out)) < count:
            time.sleep(0.05)
            if time.time() > when + 120:
                raise SystemExit(f"only {sum(1 for _ in open(out))} of {count} started")
        inside = sorted((float(line) - when) * 1000 for line in open(out))
        items, cursor = [], ""
        while cursor is not None:
            page = server.ask("GET", "/executions?limit=500" + (f"&before={cursor}" if cursor else ""))[1]
            items += page["items"]
            cursor = page["next_cursor"]
        late = sorted(item["late_ms"] for item in items if item["late_ms"] is not None)
        assert len(items) == count, f"{len(items)} executions of {count}"
        say(f"burst of {count}: seen inside the job first {inside[0]:.1f} ms (alone, from a plain program: {bare:.1f}), "
            f"p50 {percentile(inside, .5):.1f}, p99 {percentile(inside, .99):.1f} ms; late_ms p50 {percentile(late, .5)}, p99 {percentile(late, .99)}; "
            f"1.1 x {count}/raw = {1100 * count / raw:.0f} ms")
        server.close()
        rounds.append(inside)


def single(arguments):
    """One task each second: how late it starts."""
    server = Server(arguments.binary).start()
    out = server.folder + "/starts"
    make_tasks(server, 1, {"cron": "* * * * * *", "command": f"date +%s.%N >>{out}", "keep_executions": 1000})
    while not os.path.exists(out) or sum(1 for _ in open(out)) < arguments.fires:
        time.sleep(0.5)
    inside = [(float(line) % 1) * 1000 for line in open(out)]
    late, cursor = [], ""
    while cursor is not None:
        page = server.ask("GET", "/executions?limit=500" + (f"&before={cursor}" if cursor else ""))[1]
        late += [item["late_ms"] for item in page["items"] if item["late_ms"] is not None]
        cursor = page["next_cursor"]
    say(f"single task, {len(inside)} fires: seen inside the job p50 {percentile(inside, .5):.1f} ms, p99 "
        f"{percentile(inside, .99):.1f} ms; process started p50 {percentile(late, .5)} ms, p99 {percentile(late, .99)} ms")
    server.close()


def wrk(port, path, token=None, script=None, seconds=5):
    command = ["wrk", "-t1", "-c64", f"-d{seconds}s"]
    if token:
        command += ["-H", "Authorization: Bearer " + token]
    if script:
        command += ["-s", str(script)]
    printed = subprocess.run(command + [f"http://127.0.0.1:{port}{path}"], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in printed:
        raise SystemExit(printed)
    return float(re.search(r"Requests/sec:\s*([0-9.]+)", printed)[1])


class Nginx:
    def __init__(self, body):
        self.folder = tempfile.mkdtemp(prefix="bench_nginx_")
        self.port = free_port()
        pathlib.Path(self.folder, "list.json").write_bytes(body)
        os.chmod(self.folder, 0o755)
        pathlib.Path(self.folder, "nginx.conf").write_text(
            f"daemon off; pid {self.folder}/pid; error_log /dev/null; worker_processes 1; events {{}}\n"
            f"http {{ access_log off; sendfile on; keepalive_requests 1000000; types {{ application/json json; }}\n"
            f" client_body_temp_path {self.folder}/b; proxy_temp_path {self.folder}/p; fastcgi_temp_path {self.folder}/f;\n"
            f" uwsgi_temp_path {self.folder}/u; scgi_temp_path {self.folder}/s;\n"
            f" server {{ listen 127.0.0.1:{self.port}; root {self.folder}; }} }}\n")
        self.process = subprocess.Popen(["nginx", "-c", self.folder + "/nginx.conf"], stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                import socket
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.02)

    def close(self):
        self.process.terminate()
        self.process.wait(5)
        shutil.rmtree(self.folder, ignore_errors=True)


def requests(arguments):
    """GET /tasks with 50 rows against nginx with a static file of the same size, and POST /tasks."""
    server = Server(arguments.binary).start()
    make_tasks(server, 50, {"cron": "0 0 1 1 *", "command": "/bin/true", "description": "one of fifty"})
    import http.client
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/tasks?page_size=50", headers={"Authorization": "Bearer " + server.token})
    body = connection.getresponse().read()
    nginx = Nginx(body)
    ratios, ours, theirs = [], [], []
    for _ in range(arguments.rounds):
        theirs.append(wrk(nginx.port, "/list.json"))
        ours.append(wrk(server.port, "/tasks?page_size=50", server.token))
        ratios.append(ours[-1] / theirs[-1])
    say(f"GET /tasks, 50 rows ({len(body)} bytes): {median(ours):.0f}/s, nginx static {median(theirs):.0f}/s, "
        f"ratio {median(ratios):.2f}")
    made, ratios = [], []
    for _ in range(arguments.rounds):
        still = wrk(nginx.port, "/list.json")
        made.append(wrk(server.port, "/tasks", server.token, HERE / "post_tasks.lua"))
        ratios.append(made[-1] / still)
    nginx.close()
    total = server.ask("GET", "/tasks?page_size=1")[1]["total"]
    say(f"POST /tasks: {median(made):.0f}/s ({total} tasks made), ratio {median(ratios):.3f} to nginx's static file")
    server.close()


def idle(arguments):
    """Memory with 50 tasks, page served; start-up, memory and idle CPU with 100,000 tasks."""
    server = Server(arguments.binary).start()
    make_tasks(server, 50, {"cron": "0 0 1 1 *", "command": "/bin/true"})
    for path in ("/ui/tasks", "/tasks", "/executions"):
        server.ask("GET", path)
    time.sleep(3)
    say(f"memory idle, 50 tasks, page served: {server.resident_mb():.1f} MB")
    made = 50
    while made < 100_000:
        wrk(server.port, "/tasks", server.token, HERE / "post_tasks.lua", 5)
        made = server.ask("GET", "/tasks?page_size=1")[1]["total"]
    server.stop()
    starts = []
    for _ in range(arguments.rounds):
        server.start()
        starts.append(server.start_seconds)
        if len(starts) < arguments.rounds:
            server.stop()
    server.ask("GET", "/tasks")
    time.sleep(3)
    cpu = server.cpu_seconds()
    time.sleep(20)
    share = (server.cpu_seconds() - cpu) / 20 * 100
    say(f"{made} tasks: ready after {median(starts) * 1000:.0f} ms, memory {server.resident_mb():.1f} MB, "
        f"idle CPU {share:.2f} %")
    server.close()


def page(arguments):
    """The page with much to show, in a browser: what it does is told at the head of page.mjs, which reads the environment."""
    environment = {**os.environ, "SCHEDULER_BINARY": os.path.abspath(arguments.binary)}
    subprocess.run(["node", str(HERE / "page.mjs")], check=True, env=environment)


PARTS = {"durable": durable, "burst": burst, "single": single, "requests": requests, "idle": idle, "page": page}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--binary", default="build/release/mini-scheduler")
    parser.add_argument("--raw", default="build/release/bench/raw_spawner")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--fires", type=int, default=300)
    parser.add_argument("--only", default=",".join(PARTS))
    arguments = parser.parse_args()
    names = arguments.only.split(",")
    for name in names:
        if name not in PARTS:
            parser.error(f"there is no part '{name}': choose from {', '.join(PARTS)}")
    for name in names:
        PARTS[name](arguments)


if __name__ == "__main__":
    main()
