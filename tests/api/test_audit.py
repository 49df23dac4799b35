"""The audit: what it says of those who were refused, and what it says when somebody tampers with it."""
import os
import shutil
import sqlite3
import stat

import pytest

from conftest import BINARY, CommandLine
from server import Server

DONE, FAILED = 0, 1


@pytest.fixture(scope="module")
def audited():
    """A server that has done something, and is stopped."""
    instance = Server(BINARY).start()
    instance.ask("POST", "/tasks", {"name": "kept", "cron": "@yearly", "command": "true"})
    for name in ("ann", "bea"):
        instance.ask("POST", "/users", {"username": name, "password": "a long enough password", "role": "viewer"})
    viewer = instance.log_in("ann", "a long enough password")
    for _ in range(50):
        assert instance.request("POST", "/tasks", {"name": "x"}, {"Authorization": "Bearer " + viewer})[0] == 403
        assert instance.request("GET", "/tasks", None, {"Authorization": "Bearer mst_nonsense"})[0] == 401
    for _ in range(5):
        instance.ask("POST", "/auth/login", {"username": "bea", "password": "a wrong one"})
    rows = instance.ask("GET", "/audit?limit=500")[1]["items"]
    line = CommandLine(instance)
    verified = line.run("audit", "verify", "--data-dir", instance.folder + "/data")
    listed = line.run("audit", "list", "--data-dir", instance.folder + "/data")
    instance.stop()
    yield instance, rows, verified, listed
    instance.close()


def test_refusals_are_written_once_a_minute_for_each_address(audited):
    _, rows, _, _ = audited
    denied = [row for row in rows if row["action"] == "access.denied"]
    # two minutes may have begun meanwhile
    assert 1 <= len(denied) <= 4
    assert denied[-1]["object"] == "POST /tasks" and denied[-1]["actor"] == "ann" and denied[-1]["address"] == "127.0.0.1"
    failed = [row for row in rows if row["action"] == "auth.login_failed"]
    assert 1 <= len(failed) <= 4 and failed[-1]["object"] == "user:bea"


def test_who_did_what_from_where_before_and_after(audited):
    _, rows, _, _ = audited
    made = next(row for row in rows if row["action"] == "user.create" and row["object"] == "user:ann")
    assert made["actor"] == "admin" and made["address"] == "127.0.0.1"
    assert made["before"] is None and made["after"]["role"] == "viewer"
    assert [row["id"] for row in rows] == list(range(len(rows), 0, -1))
    assert len({row["hash"] for row in rows}) == len(rows)


def test_a_whole_audit_is_said_to_be_whole(audited):
    instance, rows, verified, listed = audited
    assert verified.returncode == DONE and "whole" in verified.stdout, verified
    assert "user:ann" in listed.stdout
    offline = CommandLine(instance).json("audit", "verify", "--data-dir", instance.folder + "/data", "--server", "http://127.0.0.1:1")
    assert offline["whole"] and offline["rows"] >= len(rows)


@pytest.mark.parametrize("tampering, row", [
    ("UPDATE audit SET actor = 'nobody' WHERE id = 3", 3),
    ("DELETE FROM audit WHERE id = 4", 4),
    ("DELETE FROM audit WHERE id > 5", 6),
    ("UPDATE audit SET after = '' WHERE id = 1", 1),
])
def test_tampering_is_named_by_its_first_row(audited, tmp_path, tampering, row):
    instance = audited[0]
    folder = str(tmp_path / "data")
    shutil.copytree(instance.folder + "/data", folder, ignore=shutil.ignore_patterns("runner.sock", "*.lock"))
    database = sqlite3.connect(folder + "/scheduler.db")
    with pytest.raises(sqlite3.IntegrityError):
        database.execute(tampering)
    database.executescript("DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_deleted; " + tampering)
    database.close()
    line = CommandLine(instance)
    for _ in range(2):
        # twice: a cut end is written down by the first start, and stays known
        done = line.run("audit", "verify", "--data-dir", folder, "--server", "http://127.0.0.1:1")
        assert done.returncode == FAILED and f"row {row} " in done.stdout, done


def test_keys_and_database_are_the_owners_alone(audited):
    folder = audited[0].folder + "/data"
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    for name in ("secret.key", "secrets.key", "audit.key", "audit.head", "scheduler.db", "cli.json"):
        assert stat.S_IMODE(os.stat(f"{folder}/{name}").st_mode) == 0o600, name


def test_a_folder_that_is_open_to_others_is_closed_at_the_start():
    instance = Server(BINARY).start()
    instance.stop()
    os.chmod(instance.folder + "/data", 0o755)
    os.chmod(instance.folder + "/data/scheduler.db", 0o644)
    instance.start()
    assert stat.S_IMODE(os.stat(instance.folder + "/data").st_mode) == 0o700
    assert stat.S_IMODE(os.stat(instance.folder + "/data/scheduler.db").st_mode) == 0o600
    with open(instance.folder + "/stderr.log") as log:
        assert "data.was_open_to_others" in log.read()
    instance.stop()
    os.chmod(instance.folder + "/data/secret.key", 0o644)
    with pytest.raises(SystemExit):
        instance.start()
    with open(instance.folder + "/stderr.log") as log:
        assert "secret.key" in log.read(), "a key that others could read is no key any more"
    instance.close()


def test_it_is_searched_by_who_what_and_on_what(server, create):
    task = create(name="searched")
    server.ask("PATCH", f"/tasks/{task['id']}", {"description": "changed"})
    found = server.ask("GET", f"/audit?object=task:{task['id']}")[1]["items"]
    assert [row["action"] for row in found] == ["task.update", "task.create"]
    assert server.ask("GET", f"/audit?object=task:{task['id']}&action=task.create")[1]["items"] == found[1:]
    assert server.ask("GET", f"/audit?object=task:{task['id']}&actor={found[0]['actor']}")[1]["items"] == found
    assert server.ask("GET", f"/audit?object=task:{task['id']}&actor=nobody")[1]["items"] == []


def test_what_people_do_to_runs_is_written_with_the_execution(server, create):
    task = create(name="run by hand", command="sleep 30", cron="@yearly", overlap="allow")
    server.ask("POST", "/users", {"username": "operating", "password": "a long enough password", "role": "operator"})
    operator = {"Authorization": "Bearer " + server.log_in("operating", "a long enough password")}

    def ask(path, body=None, headers=operator):
        status, _, answer = server.request("POST", path, body, headers)
        assert status in (200, 202), (path, answer)
        return answer

    keyed = {**operator, "Idempotency-Key": "once"}
    first = ask(f"/tasks/{task['id']}/run", {}, keyed)["execution_id"]
    assert ask(f"/tasks/{task['id']}/run", {}, keyed)["execution_id"] == first, "asked twice, run once"
    ask(f"/executions/{first}/cancel")
    server.wait_until(lambda: server.ask("GET", f"/executions/{first}")[1]["status"] == "CANCELLED")
    again = ask(f"/executions/{first}/retry")["execution_id"]
    many = ask("/tasks/bulk/force_run", {"ids": [task["id"]]})["results"][0]["execution_id"]
    window = {"from": "2020-01-01T00:00:00Z", "to": "2021-06-01T00:00:00Z"}
    past = ask(f"/tasks/{task['id']}/backfill", window)["execution_ids"]
    assert len(past) == 2

    rows = server.ask("GET", f"/audit?object=task:{task['id']}&actor=operating")[1]["items"]
    named = {"name": "run by hand"}
    assert [(row["action"], row["after"]) for row in rows] == [
        ("task.backfill", {**named, "from": window["from"], "until": window["to"], "execution_ids": past}),
        ("task.run", {**named, "execution_id": many}),
        ("task.retry", {**named, "execution_id": again, "retry_of": first}),
        ("task.cancel", {**named, "execution_id": first}),
        ("task.run", {**named, "execution_id": first})]
    assert {row["address"] for row in rows} == {"127.0.0.1"}
    assert all(row["before"] is None and row["at"] for row in rows)
    for execution in (again, many, *past):
        server.ask("POST", f"/executions/{execution}/cancel")


def test_what_nobody_did_by_hand_and_what_was_refused_writes_no_row(server, create):
    task = create(name="by itself", command="sleep 30", cron="* * * * * *", overlap="skip")
    runs = server.wait_until(lambda: server.ask("GET", f"/tasks/{task['id']}/executions")[1]["items"])
    assert server.ask("POST", f"/tasks/{task['id']}/run", {})[0] == 409
    server.ask("POST", f"/tasks/{task['id']}/pause")
    rows = server.ask("GET", f"/audit?object=task:{task['id']}")[1]["items"]
    assert [row["action"] for row in rows] == ["task.pause", "task.create"], (rows, runs)
