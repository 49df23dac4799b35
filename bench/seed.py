"""Fills a stopped server's database: seed.py DATABASE TASKS EXECUTIONS.

The first task of the file is the pattern for the others. Each of them fires once a day, none of them within the
next hour; their executions lie an hour apart in the past, nineteen of twenty of them good."""
import json
import sqlite3
import sys
import time

database, tasks, executions = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
WORDS = ['backup', 'report', 'sync', 'index', 'mail', 'export', 'check', 'clean']
HOUR_MS = 3_600_000
now = int(time.time() * 1000)

db = sqlite3.connect(database)
db.execute('PRAGMA foreign_keys = OFF')
db.execute('PRAGMA synchronous = OFF')
columns = [row[1] for row in db.execute('PRAGMA table_info(tasks)')]
pattern = dict(zip(columns, db.execute(f"SELECT {', '.join(columns)} FROM tasks ORDER BY id LIMIT 1").fetchone()))
definition = json.loads(pattern['definition'])
first_free = db.execute('SELECT max(id) + 1 FROM tasks').fetchone()[0]


def task_row(at):
    fires = (now // 60_000 + 60 + at % 1320) * 60_000
    moment = time.gmtime(fires / 1000)
    mine = {**definition, 'name': f'{WORDS[at % len(WORDS)]} number {at}', 'cron': f'{moment.tm_min} {moment.tm_hour} * * *',
            'command': f': {at}', 'tags': [f'team-{at % 40}']}
    search = '\n'.join([mine['name'], mine['command'], '', *mine['tags']])
    return {**pattern, 'id': first_free + at, 'name': mine['name'], 'cron': mine['cron'], 'search': search,
            'definition': json.dumps(mine), 'last_run_at': now - HOUR_MS - at * 1000, 'next_run_at': fires, 'next_due_at': fires,
            'last_failed': 1 if at % 97 == 0 else 0, 'last_error': 'exit code 1' if at % 97 == 0 else ''}


with db:
    rows = [task_row(at) for at in range(tasks)]
    names = ', '.join(columns)
    db.executemany(f"INSERT INTO tasks ({names}) VALUES ({', '.join(':' + name for name in columns)})", rows)
    db.executemany('INSERT INTO task_tags (task_id, tag) VALUES (?, ?)', [(row['id'], f"team-{row['id'] % 40}") for row in rows])
    db.executemany("INSERT INTO revisions (task_id, number, definition, changed_at, changed_by) VALUES (?, 1, ?, ?, 'seed')",
                   [(row['id'], row['definition'], now) for row in rows])
    # Oldest first, so that ids grow with time, as they do in life.
    db.execute('''
      WITH RECURSIVE rounds (round) AS (VALUES (?) UNION ALL SELECT round - 1 FROM rounds WHERE round > 1)
      INSERT INTO executions (task_id, task_name, task_revision, status, waiting, trigger, triggered_by, scheduled_at, due_at, created_at,
        started_at, finished_at, late_ms, priority, pool, attempt, attempt_status, attempt_started_at, attempt_finished_at, exit_code, signal,
        error, output_bytes, output_dropped_bytes, cpu_ms, max_rss_bytes, reason, node, count, scheduled_until, overrides, cancel_asked)
      SELECT tasks.id, name, 1, iif((round * 7 + tasks.id) % 20, 'SUCCESS', 'FAILED'), 'none', 'schedule', 'schedule', at, at, at,
        at, at + 500 + (round * 31 + tasks.id * 17) % 4000, 1, 0, '', 1, iif((round * 7 + tasks.id) % 20, 'SUCCESS', 'FAILED'), at,
        at + 500 + (round * 31 + tasks.id * 17) % 4000, iif((round * 7 + tasks.id) % 20, 0, 1), NULL,
        iif((round * 7 + tasks.id) % 20, '', 'exit code 1'), 120, 0, 3, 4000000, '', '', 1, NULL, '', 0
      FROM (SELECT round, tasks.id AS task, ? - round * ? - 60000 + tasks.id % 50000 AS at FROM rounds CROSS JOIN tasks WHERE tasks.id >= ?)
      JOIN tasks ON tasks.id = task''', (max(1, executions // tasks), now, HOUR_MS, first_free))
    db.execute('''
      INSERT OR REPLACE INTO hourly_outcomes (hour, status, count, duration_ms)
      SELECT created_at / ? * ?, status, count(*), sum(finished_at - started_at) FROM executions WHERE finished_at IS NOT NULL GROUP BY 1, 2''',
               (HOUR_MS, HOUR_MS))
db.execute('PRAGMA wal_checkpoint(TRUNCATE)')
print(*db.execute('SELECT (SELECT count(*) FROM tasks), (SELECT count(*) FROM executions)').fetchone())
