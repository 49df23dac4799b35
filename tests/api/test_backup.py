"""`backup` and `restore` on the data folder of a server."""
import os
import sqlite3
import threading

import pytest

from conftest import BINARY, CommandLine
from server import Server

DONE, FAILED, WRONG_USAGE, NOT_FOUND = range(4)


@pytest.fixture
def filled():
    server = Server(BINARY).start()
    yield server, CommandLine(server)
    server.close()


def names_of(server):
    return sorted(task["name"] for task in server.ask("GET", "/tasks?page_size=500")[1]["items"])


def make(server, name):
    status, task = server.ask("POST", "/tasks", {"name": name, "cron": "@yearly", "command": "echo kept"})
    assert status == 201, task
    return task["id"]


def test_a_backup_of_a_running_server_brings_everything_back(filled):
    server, command_line = filled
    task = make(server, "kept")
    execution = server.run_to_its_end(task)
    server.ask("POST", "/users", {"username": "ann", "password": "a password of hers", "role": "viewer"})
    file = server.folder + "/copy.db"
    done = command_line.run("backup", file)
    assert done.returncode == DONE and os.stat(file).st_mode & 0o777 == 0o600, done.stderr
    assert not [name for name in os.listdir(server.folder) if name.startswith("copy.db-")]
    with open(file, "rb") as copy:
        assert copy.read(20)[18:] == b"\1\1", "it asks for no log beside it"
    make(server, "later")
    refused = command_line.run("restore", file)
    assert refused.returncode == FAILED and str(server.process.pid) in refused.stderr, refused.stderr
    server.stop()
    restored = command_line.run("restore", file)
    assert restored.returncode == DONE and ".before-restore-" in restored.stdout, restored.stderr
    server.start()
    assert names_of(server) == ["kept"]
    assert server.ask("GET", f"/executions/{execution['id']}")[1]["stdout"] == "kept\n"
    assert [user["username"] for user in server.ask("GET", "/users")[1]["items"]] == ["admin", "ann"]
    assert server.run_to_its_end(task)["status"] == "SUCCESS"
    # and what was there before is whole
    kept = [name for name in os.listdir(server.folder + "/data") if ".before-restore-" in name]
    server.stop()
    assert command_line.run("restore", f"{server.folder}/data/{sorted(kept)[0]}").returncode == DONE
    server.start()
    assert names_of(server) == ["kept", "later"]


def test_a_backup_that_is_made_while_others_write_is_of_one_moment(filled):
    server, command_line = filled
    stop, made = threading.Event(), []

    def write():
        while not stop.is_set():
            made.append(make(server, f"task {len(made)}"))
    writer = threading.Thread(target=write)
    writer.start()
    try:
        server.wait_until(lambda: len(made) > 20)
        before = len(made)
        assert command_line.run("backup", server.folder + "/copy.db").returncode == DONE
    finally:
        stop.set()
        writer.join()
    copy = sqlite3.connect(server.folder + "/copy.db")
    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    tasks, = copy.execute("SELECT count(*) FROM tasks").fetchone()
    audits, = copy.execute("SELECT count(*) FROM audit WHERE action LIKE 'task.%'").fetchone()
    assert before <= tasks <= len(made) and audits == tasks


def test_what_was_killed_is_set_aside_with_its_log(filled):
    server, command_line = filled
    assert command_line.run("backup", server.folder + "/empty.db").returncode == DONE
    make(server, "acknowledged")
    server.kill()
    assert os.path.getsize(server.folder + "/data/scheduler.db-wal") > 0
    assert command_line.run("restore", server.folder + "/empty.db").returncode == DONE
    kept, = [name for name in os.listdir(server.folder + "/data") if ".before-restore-" in name and not name.endswith("-wal")]
    with sqlite3.connect(server.folder + "/data/" + kept) as old:
        assert old.execute("SELECT name FROM tasks").fetchall() == [("acknowledged",)]
    server.start()
    assert names_of(server) == []


def test_only_a_backup_is_restored(filled):
    server, command_line = filled
    make(server, "kept")
    server.stop()
    text, foreign, torn = (f"{server.folder}/{name}" for name in ("text", "foreign.db", "torn.db"))
    with open(text, "w") as file:
        file.write("nothing of the kind")
    with sqlite3.connect(foreign) as database:
        database.execute("CREATE TABLE tasks (id INTEGER)")
    assert command_line.run("backup", torn).returncode == DONE
    with open(torn, "r+b") as file:
        file.truncate(os.path.getsize(torn) // 2)
    for path in (text, foreign, torn):
        done = command_line.run("restore", path)
        assert done.returncode == FAILED and path in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr
    assert command_line.run("restore", server.folder + "/nowhere").returncode == NOT_FOUND
    assert command_line.run("backup", server.folder + "/no such folder/copy.db").returncode == FAILED
    assert command_line.run("backup", server.folder + "/data/scheduler.db").returncode == FAILED
    assert command_line.run("backup", server.folder + "/x", "--data-dir", server.folder + "/nowhere").returncode == NOT_FOUND
    server.start()
    assert names_of(server) == ["kept"]
