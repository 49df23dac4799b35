import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "harness"))
from server import Server  # noqa: E402

BINARY = str(pathlib.Path(os.environ.get("SCHEDULER_BINARY", ROOT / "build/release/mini-scheduler")).resolve())


class CommandLine:
    """The binary as a client of a server, with a home of its own."""

    def __init__(self, server):
        self.server = server
        self.home = server.folder + "/home"
        os.makedirs(self.home, exist_ok=True)

    def run(self, *arguments, stdin="", env=None, folder=None):
        variables = {"HOME": self.home, "PATH": os.environ["PATH"], **(env or {})}
        return subprocess.run([BINARY, *map(str, arguments)], input=stdin, text=True, capture_output=True, timeout=60,
                              cwd=folder or self.server.folder, env=variables)

    def json(self, *arguments, **more):
        done = self.run(*arguments, "--json", **more)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def server():
    instance = Server(BINARY).start()
    yield instance
    instance.close()


@pytest.fixture
def command_line(server):
    return CommandLine(server)


@pytest.fixture
def create(server):
    """Makes a task that fires next New Year, unless told otherwise."""
    def make(**body):
        status, task = server.ask("POST", "/tasks", {"name": "task", "cron": "0 0 1 1 *", "command": "true", **body})
        assert status == 201, task
        return task
    return make
