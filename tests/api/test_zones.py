"""Time zone data that is updated while the server runs, in a folder of the test's own."""
import os
import pathlib
import shutil
import signal
import tempfile

import pytest

from conftest import BINARY
from server import Server

ZONES = pathlib.Path("/usr/share/zoneinfo")


@pytest.fixture
def zones():
    """A zone Test/Town that is Berlin's; the function makes it another's."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="zones_"))
    (folder / "Test").mkdir()
    shutil.copy(ZONES / "UTC", folder / "UTC")

    def move_to(name):
        # as a package does it: a new file in place of the old one
        shutil.copy(ZONES / name, folder / "Test/new")
        os.replace(folder / "Test/new", folder / "Test/Town")
    move_to("Europe/Berlin")
    os.environ["TZDIR"] = str(folder)
    yield move_to
    del os.environ["TZDIR"]
    shutil.rmtree(folder)


@pytest.fixture
def server(zones):
    instance = Server(BINARY).start()
    yield instance
    instance.close()


def next_run(server, task):
    return server.ask("GET", f"/tasks/{task['id']}")[1]["next_run_at"]


def make(server, **body):
    status, task = server.ask("POST", "/tasks", {"name": "t", "cron": "0 12 1 1 *", "command": "true", **body})
    assert status == 201, task
    return task


def test_next_fires_follow_new_zone_data_without_a_restart(server, zones):
    town, elsewhere = make(server, timezone="Test/Town"), make(server)
    assert next_run(server, town).endswith("T11:00:00Z")
    zones("Asia/Tokyo")
    server.process.send_signal(signal.SIGHUP)
    server.wait_until(lambda: next_run(server, town).endswith("T03:00:00Z"))
    assert next_run(server, elsewhere).endswith("T12:00:00Z")
    assert server.ask("GET", "/api/cron/next?cron=0+12+1+1+*&tz=Test/Town")[1]["next"][0].endswith("T03:00:00Z")


def test_next_fires_follow_zone_data_that_changed_while_the_server_was_down(server, zones):
    town = make(server, timezone="Test/Town")
    server.stop()
    zones("America/New_York")
    server.start()
    server.wait_until(lambda: next_run(server, town).endswith("T17:00:00Z"))
