"""What would fire, over HTTP and at the command line; nothing is saved by asking."""
import json
import sqlite3

import pytest

from conftest import BINARY, CommandLine
from server import Server


@pytest.fixture
def yearly(create):
    return create(name="yearly", cron="30 2 * * *", timezone="Europe/Berlin")


def test_the_stored_tasks_are_simulated(server, yearly):
    status, told = server.ask("GET", "/api/simulate?days=366&limit=3")
    assert status == 200, told
    assert told["complete"] and told["tasks"] >= 1 and told["fires"] >= 365
    assert len(told["items"]) == 3
    changes = [change for change in told["clock_changes"] if change["timezone"] == "Europe/Berlin"]
    assert {change["by_s"] for change in changes} == {3600, -3600}
    touched = {item["task_name"]: item["effect"] for change in changes for item in change["touched"] if change["by_s"] == 3600}
    assert touched["yearly"] == "moved"


def test_a_change_is_simulated_and_not_saved(server, yearly):
    before = server.ask("GET", "/api/simulate?days=30&limit=0")[1]["fires"]
    status, told = server.ask("POST", "/api/simulate", {"days": 30, "limit": 0, "task_id": yearly["id"], "task": {"cron": "0 * * * *"}})
    assert status == 200, told
    assert told["fires"] == before - 30 + 720
    assert server.ask("GET", f"/tasks/{yearly['id']}")[1]["cron"] == "30 2 * * *"


@pytest.mark.parametrize("body,place", [
    ({"task": {"name": "n", "cron": "61 * * * *", "command": "true"}}, ["body", "cron"]),
    ({"days": 0, "task": {}}, ["body", "days"]),
    ({"days": 400, "task": {}}, ["body", "days"]),
    ({}, ["body", "task"]),
    ({"tsak": {}}, ["body", "tsak"]),
])
def test_what_is_wrong_is_named(server, body, place):
    status, problem = server.ask("POST", "/api/simulate", body)
    assert status == 422
    assert place in [error["loc"] for error in problem["errors"]]


def test_a_draft_of_a_task_that_is_not_there_is_not_found(server):
    assert server.ask("POST", "/api/simulate", {"task_id": 999999, "task": {}})[0] == 404


def test_the_command_shows_it_to_people_and_as_json(command_line, yearly):
    shown = command_line.run("simulate", "--days", "366")
    assert shown.returncode == 0, shown.stderr
    assert "fires of" in shown.stdout and "Clocks are set" in shown.stdout and "moved" in shown.stdout
    told = command_line.json("simulate", "--days", "2", "--task", yearly["id"], "--cron", "0 */6 * * *")
    assert sum(item["draft"] for item in told["items"]) == 8
    assert command_line.run("simulate", "--days", "2", "--cron", "x").returncode != 0


def test_a_schedule_alone_can_be_tried(server, command_line):
    before = command_line.json("simulate", "--days", "30")["fires"]
    told = command_line.json("simulate", "--days", "30", "--cron", "30 2 * * *")
    assert told["fires"] == before + 30 and {item["task_name"] for item in told["items"] if item["draft"]} == {"new task"}
    assert command_line.run("simulate", "--timezone", "Asia/Tokyo").returncode == 1, "a schedule is what it needs"


def test_a_jitter_and_a_full_pool_are_told(tmp_path):
    config = tmp_path / "config.toml"
    config.write_text("[pools]\ndb = 1\n")
    server = Server(BINARY, arguments=["--config", str(config)]).start()
    try:
        for name in "ab":
            task = server.ask("POST", "/tasks", {"name": name, "cron": "0 0 1 1 *", "command": "sleep 0.3", "pool": "db", "jitter_s": 3000 if name == "b" else 0})[1]
            server.run_to_its_end(task["id"])
        told = server.ask("GET", "/api/simulate?days=366")[1]
        by_name = {item["task_name"]: item for item in told["items"]}
        year = by_name["b"]["scheduled_at"][:4]
        assert by_name["a"]["due_at"] == by_name["a"]["scheduled_at"] < by_name["b"]["due_at"] < f"{year}-01-01T00:50:00Z"
        assert by_name["b"]["outcome"] == "runs" and by_name["b"]["expected_start_at"] == by_name["b"]["due_at"]
        upcoming = server.ask("GET", f"/api/upcoming?to={year}-01-02T00:00:00Z")[1]["items"]
        assert {item["task_name"]: item["due_at"] for item in upcoming} == {name: by_name[name]["due_at"] for name in "ab"}
        server.ask("PATCH", f"/tasks/{task['id']}", {"jitter_s": 0})
        items = server.ask("GET", "/api/simulate?days=366")[1]["items"]
        assert [(item["outcome"], item["waiting"]) for item in items] == [("runs", "none"), ("waits", "pool")]
        assert items[0]["expected_start_at"] == f"{year}-01-01T00:00:00Z"
        assert "00:00:00.29" <= items[1]["expected_start_at"][11:] < "00:00:59", "when the run before it has ended"
        assert "waits (pool)" in CommandLine(server).run("simulate", "--days", "366").stdout
    finally:
        server.close()


def test_ten_thousand_tasks_are_simulated_soon():
    """A bound that a busy machine keeps too; docs/scheduling.md has the figure."""
    server = Server(BINARY).start()
    try:
        task = server.ask("POST", "/tasks", {"name": "daily", "cron": "0 0 * * *", "command": "true"})[1]
        server.stop()
        with sqlite3.connect(server.folder + "/data/scheduler.db") as database:
            columns = [row[1] for row in database.execute("PRAGMA table_info(tasks)") if row[1] not in ("id", "status")]
            row = dict(zip(columns, database.execute(f"SELECT {', '.join(columns)} FROM tasks WHERE id = ?", (task["id"],)).fetchone()))
            rows = [{**row, "definition": json.dumps({"name": f"t{number}", "cron": f"{number % 60} {number % 24} * * *", "command": "true"})}
                    for number in range(10_000)]
            database.executemany(f"INSERT INTO tasks ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
                                 [tuple(one.values()) for one in rows])
        database.close()
        server.start()
        began = server.cpu_seconds()
        status, told = server.ask("GET", "/api/simulate?days=30&limit=10")
        assert status == 200 and told["tasks"] > 10_000 and told["fires"] > 290_000 and told["complete"]
        took = server.cpu_seconds() - began
        print(f"{told['fires']} fires in {took:.2f} s of CPU")
        assert took < 5
    finally:
        server.close()
