"""Gives the tasks of a stopped server a past: history.py DATABASE. For pictures; the same each time but for the day."""
import random
import sqlite3
import sys
import time

DAY_MS = 86_400_000
MOST = 400  # executions of a task
COLUMNS = '''task_id, task_name, task_revision, status, waiting, trigger, triggered_by, scheduled_at, due_at, created_at, started_at,
  finished_at, late_ms, priority, pool, attempt, attempt_status, attempt_started_at, attempt_finished_at, exit_code, signal, error,
  output_bytes, output_dropped_bytes, cpu_ms, max_rss_bytes, reason, node, count, scheduled_until, overrides, cancel_asked'''
# By the task's name: how long apart its fires are, how long a run takes, how many of a hundred fail.
HABITS = {
    'nightly database backup': (DAY_MS, 214_000, 1),
    'send the morning digest': (DAY_MS, 8_400, 0),
    'check mirrors': (900_000, 2_300, 6),
    'renew certificates': (DAY_MS // 2, 4_100, 3),
    'rotate logs': (3_600_000, 620, 0),
    'rebuild search index': (3 * 3_600_000, 96_000, 4),
    'sync product images': (1_800_000, 41_000, 2),
    'daily sales report': (DAY_MS, 12_800, 2),
}

database = sys.argv[1]
now = int(time.time() * 1000)
db = sqlite3.connect(database)
chance = random.Random(5)
rows = []
for task, name in db.execute('SELECT id, name FROM tasks').fetchall():
    if name not in HABITS:
        continue
    apart, takes, fails = HABITS[name]
    count = min(MOST, 330 * DAY_MS // apart)
    for back in range(count, 0, -1):
        at = now - back * apart - 120_000
        bad = chance.random() * 100 < fails
        lasts = int(takes * (0.85 + 0.3 * chance.random()) * (1.6 if chance.random() < 0.04 else 1) * (0.3 if bad else 1))
        status = 'FAILED' if bad else 'SUCCESS'
        rows.append((at, task, name, 1, status, 'none', 'schedule', 'schedule', at, at, at, at + 2, at + 2 + lasts, 2, 0, '', 1, status, at + 2,
                     at + 2 + lasts, 1 if bad else 0, None, 'exit code 1' if bad else '', 2048, 0, lasts // 9, 18_000_000, '', '', 1, None, '', 0))
rows.sort(key=lambda row: row[0])
with db:
    db.executemany(f"INSERT INTO executions ({COLUMNS}) VALUES ({', '.join('?' * 32)})", [row[1:] for row in rows])
    db.execute('UPDATE tasks SET last_run_at = (SELECT max(started_at) FROM executions WHERE task_id = tasks.id)')
    db.execute('''INSERT OR REPLACE INTO hourly_outcomes (hour, status, count, duration_ms)
      SELECT created_at / 3600000 * 3600000, status, count(*), sum(finished_at - started_at) FROM executions WHERE finished_at IS NOT NULL
      GROUP BY 1, 2''')
