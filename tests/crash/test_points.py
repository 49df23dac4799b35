"""The real program killed at each named point of its work, three times. A point that is never reached fails."""
import collections
import concurrent.futures
import contextlib
import glob
import os
import secrets
import sqlite3

import harness
import points
from node import Node

TIMES = 3
WORLDS = 4
LEAST_POINTS = 25
OF_THE_START = ("migration.",)


def test_a_death_at_any_named_point_loses_nothing_and_doubles_nothing():
    named = [name for name in points.named_points() if not name.startswith(OF_THE_START)]
    assert len(named) >= LEAST_POINTS, named
    seed = os.environ.get("CRASH_SEED") or secrets.token_hex(4)
    hands = points.deal(named, TIMES, WORLDS, seed)
    with concurrent.futures.ThreadPoolExecutor(WORLDS) as pool:
        outcomes = list(pool.map(lambda number: points.run_points(seed, number, hands[number]), range(WORLDS)))
    total, reached = harness.Toll(), collections.Counter()
    for toll, of_one in outcomes:
        total.add(toll)
        reached.update(of_one)
    print(f"\nCRASH_SEED={seed}: {len(reached)} named points: {total}")
    assert not total.wrong, f"CRASH_SEED={seed}: {total}\n" + "\n".join(total.wrong)
    assert reached == {name: TIMES for name in named}, f"CRASH_SEED={seed}"


def test_the_docs_count_the_points():
    text = (points.ROOT / "docs/reliability.md").read_text(encoding="utf-8")
    named = points.named_points()
    of_the_start = [name for name in named if name.startswith(OF_THE_START)]
    assert f'`base::kill_point("start.committed")` and {len(named) - 1} more in `src/`' in text, len(named)
    assert f"The {('no', 'one', 'two', 'three', 'four', 'five', 'six')[len(of_the_start)]} points of a migration have a test of their own" in text, of_the_start


ORIGINAL = """
CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, username VARCHAR(50) UNIQUE, password_hash VARCHAR, created_at DATETIME);
CREATE TABLE tasks (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR, cron VARCHAR, command TEXT, status VARCHAR,
                    last_run_at DATETIME, created_at DATETIME, force_run_at DATETIME, last_error TEXT);
CREATE TABLE executions (id INTEGER PRIMARY KEY AUTOINCREMENT, task_id INTEGER REFERENCES tasks (id), status VARCHAR,
                         started_at DATETIME, finished_at DATETIME, stdout TEXT, stderr TEXT, error TEXT);
"""


def finished_copies(node):
    return [copy for copy in glob.glob(node.folder + "/data/scheduler.db.before-version-*") if not copy.endswith(".unfinished")]


def tasks_of(database):
    with contextlib.closing(sqlite3.connect(database)) as copy:
        return copy.execute("SELECT count(*) FROM tasks").fetchone()[0]


def test_a_death_while_a_database_is_taken_over_leaves_the_old_one_or_the_new_one():
    named = [name for name in points.named_points() if name.startswith(OF_THE_START)]
    assert named
    for point in named:
        # a database that was taken over is not taken over again
        for deaths in [1] * TIMES if point == "migration.committed" else [TIMES]:
            die_while_taking_over(point, deaths)


def die_while_taking_over(point, deaths):
    node = Node(points.ARMED)
    os.makedirs(node.folder + "/data", mode=0o700)
    with sqlite3.connect(node.folder + "/data/scheduler.db") as database:
        database.executescript(ORIGINAL)
        database.executemany("INSERT INTO tasks (name, cron, command, status, created_at) VALUES (?, '0 0 1 1 *', 'true', 'ACTIVE', ?)",
                             [(f"task {number}", "2025-01-01T00:00:00") for number in range(50)])
        database.executemany("INSERT INTO executions (task_id, status, started_at, finished_at, stdout) VALUES (?, 'SUCCESS', ?, ?, 'out')",
                             [(number % 50 + 1, "2025-01-02T00:00:00", "2025-01-02T00:00:01") for number in range(500)])
    database.close()
    try:
        copies = 0
        for _ in range(deaths):
            points.arm(node.folder + "/data", point, 1)
            node.launch()
            assert node.process.wait(60) == -9, f"{point} is never reached: {node.last_words()}"
            assert points.taken(node.folder + "/data")[0] == node.process.pid
            copies += point != "migration.copy_written"
            assert [tasks_of(copy) for copy in finished_copies(node)] == [50] * copies, point
        node.start()
        assert node.ask("GET", "/tasks?page_size=1")[1]["total"] == 50
        assert len(node.all_executions()) == 500
    finally:
        node.close()
