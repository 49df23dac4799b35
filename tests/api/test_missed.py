"""Fires that were missed while the server was down."""
import datetime
import sqlite3
import time

import pytest

from conftest import BINARY
from server import Server

MISSED = 10_000


@pytest.fixture
def stopped():
    """A server that was stopped, with the path of its database."""
    server = Server(BINARY).start()
    yield server
    server.close()


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def set_cursors_back(server, seconds):
    """Of a stopped server; gives the times that they had, in Unix seconds."""
    with sqlite3.connect(server.folder + "/data/scheduler.db") as database:
        had = [row[0] / 1000 for row in database.execute("SELECT next_run_at FROM tasks WHERE next_run_at IS NOT NULL")]
        database.execute("UPDATE tasks SET next_run_at = next_run_at - ?1, next_due_at = next_due_at - ?1 WHERE next_run_at IS NOT NULL",
                         (seconds * 1000,))
    database.close()
    return had


def records(server, task_id):
    return server.ask("GET", f"/tasks/{task_id}/executions?limit=500")[1]["items"]


def test_what_missed_its_only_fires_is_told_to_have_never_run(stopped):
    server = stopped
    made = [server.ask("POST", "/tasks", {"name": name, "cron": "0 0 1 1 *", "command": "true", "misfire": {"policy": "skip"}})[1]
            for name in ("missed", "to come")]
    server.stop()
    with sqlite3.connect(server.folder + "/data/scheduler.db") as database:
        database.execute("UPDATE tasks SET next_run_at = next_run_at % 86400000 + (unixepoch() - 86400) / 86400 * 86400000, "
                         "next_due_at = next_run_at % 86400000 + (unixepoch() - 86400) / 86400 * 86400000 WHERE id = ?", (made[0]["id"],))
    database.close()
    server.start()
    server.wait_until(lambda: [record["status"] for record in records(server, made[0]["id"])] == ["MISSED"])
    assert [task["name"] for task in server.ask("GET", "/tasks?attention=never_ran")[1]["items"]] == ["missed"]


def test_ten_thousand_missed_fires_are_one_record_and_the_next_is_on_time(stopped):
    server = stopped
    # A run that the stop left open is no reason to skip what is made up.
    task = server.ask("POST", "/tasks", {"name": "each second", "cron": "* * * * * *", "command": "true", "overlap": "allow"})[1]
    server.stop()
    [next_fire] = set_cursors_back(server, MISSED)
    # The fires before it have their records: only from it on is there one to make up.
    server.wait_until(lambda: time.time() > next_fire)
    began = time.monotonic()
    server.start()
    assert server.start_seconds < 2, server.start_seconds

    def fired_since():
        found = [record for record in records(server, task["id"]) if record["trigger"] == "schedule" and record["started_at"]
                 and instant(record["scheduled_at"]) > time.time() - (time.monotonic() - began)]
        return found if len(found) >= 3 else None
    on_time = server.wait_until(fired_since)
    assert all(record["late_ms"] < 1000 for record in on_time), [record["late_ms"] for record in on_time]
    missed = [record for record in records(server, task["id"]) if record["status"] == "MISSED"]
    assert len(missed) == 1
    assert server.ask("GET", f"/executions/{missed[0]['id']}")[1]["attempts"] == [], "nothing was tried"
    assert MISSED - 60 < missed[0]["count"] < MISSED + 60
    assert instant(missed[0]["scheduled_until"]) - instant(missed[0]["scheduled_at"]) == missed[0]["count"] - 1
    made_up = [record for record in records(server, task["id"]) if record["trigger"] == "misfire" and record["status"] != "MISSED"]
    assert len(made_up) == 1


def test_a_fire_missed_by_each_of_ten_thousand_tasks_delays_neither_the_start_nor_the_next_fire(stopped):
    server = stopped
    prompt = server.ask("POST", "/tasks", {"name": "each second", "cron": "* * * * * *", "command": "true"})[1]
    server.stop()
    with sqlite3.connect(server.folder + "/data/scheduler.db") as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(tasks)") if row[1] not in ("id", "status")]
        row = database.execute(f"SELECT {', '.join(columns)} FROM tasks WHERE id = ?", (prompt["id"],)).fetchone()
        yearly = dict(zip(columns, row))
        yearly.update(cron="0 0 1 1 *", definition='{"name":"yearly","cron":"0 0 1 1 *","command":"true","misfire":{"policy":"skip","window_s":86400}}',
                      next_run_at=1767225600000, next_due_at=1767225600000)
        database.executemany(f"INSERT INTO tasks ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
                             [tuple(yearly.values())] * MISSED)
    database.close()
    server.start()
    assert server.start_seconds < 2, server.start_seconds

    def all_recorded():
        with sqlite3.connect(f"file:{server.folder}/data/scheduler.db?mode=ro", uri=True) as reader:
            return reader.execute("SELECT count(*) FROM executions WHERE status = 'MISSED' AND task_id <> ?", (prompt["id"],)).fetchone()[0] == MISSED
    server.wait_until(all_recorded)
    late = server.wait_until(lambda: sorted(record["late_ms"] for record in records(server, prompt["id"])
                                            if record["trigger"] == "schedule" and record["started_at"]))
    assert late[len(late) // 2] < 2000, late


def test_what_was_down_for_longer_than_its_start_deadline_is_skipped_and_why_says_so(stopped):
    server = stopped
    task = server.ask("POST", "/tasks", {"name": "in time", "cron": "* * * * * *", "command": "true", "start_deadline_s": 2,
                                         "misfire": {"policy": "fire_all"}})[1]
    server.stop()
    set_cursors_back(server, 60)
    server.start()
    server.wait_until(lambda: [record for record in records(server, task["id"]) if record["trigger"] == "schedule" and record["started_at"]])
    server.ask("POST", f"/tasks/{task['id']}/pause")
    late = [record for record in records(server, task["id"]) if record["status"] == "SKIPPED" and "start deadline" in record["reason"]]
    assert late and late[-1]["count"] > 50, late
    assert all(record["late_ms"] < 3000 for record in records(server, task["id"]) if record["started_at"])
    why = server.ask("GET", f"/tasks/{task['id']}/why?at={late[-1]['scheduled_at']}")[1]
    assert why["verdict"] == "skipped" and "start_deadline_s" in why["answer"]
