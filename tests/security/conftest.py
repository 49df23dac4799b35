import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "harness")]
from server import Server  # noqa: E402
from wire import BINARY  # noqa: E402


@pytest.fixture(scope="module")
def server():
    instance = Server(BINARY, environment={"MINI_SCHEDULER_SCHEDULER_RUN_AS_ALLOWED": "nobody"}).start()
    yield instance
    instance.close()


@pytest.fixture(scope="module")
def people(server):
    """A session of each role, by the role's name."""
    sessions = {"stranger": None, "admin": server.token}
    for role in ("viewer", "operator", "editor"):
        body = {"username": f"the_{role}", "password": f"{role}'s own words", "role": role}
        assert server.ask("POST", "/users", body)[0] == 201
        sessions[role] = server.log_in(body["username"], body["password"])
    return sessions


@pytest.fixture
def create(server):
    """Makes a task that fires next New Year, unless told otherwise."""
    def make(**body):
        status, task = server.ask("POST", "/tasks", {"name": "task", "cron": "0 0 1 1 *", "command": "true", **body})
        assert status == 201, task
        return task
    return make


@pytest.fixture
def started():
    """Starts servers with arguments of their own; all of them end with the test."""
    servers = []

    def start(*arguments, **more):
        servers.append(Server(BINARY, arguments=arguments, **more))
        return servers[-1].start()
    yield start
    for instance in servers:
        instance.close()
