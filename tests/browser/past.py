"""Gives the tasks of a stopped server runs that have ended: past.py DATABASE, on standard input JSON lines of `task_id`, `name`,
`started_at` and `finished_at` (ms since 1970), oldest first. Prints their ids as JSON."""
import json
import sqlite3
import sys

COLUMNS = '''task_id, task_name, task_revision, status, waiting, trigger, triggered_by, scheduled_at, due_at, created_at, started_at,
  finished_at, late_ms, priority, pool, attempt, attempt_status, attempt_started_at, attempt_finished_at, exit_code, signal, error,
  output_bytes, output_dropped_bytes, cpu_ms, max_rss_bytes, reason, node, count, scheduled_until, overrides, cancel_asked'''
db = sqlite3.connect(sys.argv[1])
ids = []
with db:
    for run in map(json.loads, sys.stdin):
        at, end = run['started_at'], run['finished_at']
        row = (run['task_id'], run['name'], 1, 'SUCCESS', 'none', 'schedule', 'schedule', at, at, at, at, end, 0, 0, '', 1, 'SUCCESS', at, end, 0, None, '',
               0, 0, 0, 0, '', '', 1, None, '', 0)
        ids.append(db.execute(f"INSERT INTO executions ({COLUMNS}) VALUES ({', '.join('?' * len(row))})", row).lastrowid)
print(json.dumps(ids))
