#!/usr/bin/env python3
"""tests/acceptance/take_over.py BINARY CRONTAB [--server URL] [--between COMMAND]: the main job, against a server that
runs.

Imports the crontab, checks the report, waits for two minute marks (COMMAND is run between them: it may kill the server
and start it again), and checks that every due task ran once, within 50 ms of its second, with its output kept. What is
due is computed here, from the file, by rules of its own."""
import argparse
import datetime
import json
import re
import subprocess
import sys
import time
import zoneinfo

LATEST_MS = 50
MINUTE = datetime.timedelta(minutes=1)
AFTER_A_MARK = datetime.timedelta(seconds=8)  # what was due then has ended
NICKNAMES = {"@yearly": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0", "@daily": "0 0 * * *",
             "@midnight": "0 0 * * *", "@hourly": "0 * * * *"}
MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
DAYS = {name: number for number, name in enumerate("sun mon tue wed thu fri sat".split())}
BOUNDS = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)]


class Wrong(Exception):
    pass


def values_of(field, bounds, names):
    found = set()
    for part in field.split(","):
        body, _, step = part.partition("/")
        ends = [str(names.get(end.lower(), end)) for end in body.split("-")]
        first, last = bounds if body == "*" else (int(ends[0]), int(ends[-1]))
        if not bounds[0] <= first <= last <= bounds[1]:
            raise Wrong(f"{part} is out of bounds")
        found.update(range(first, last + 1, int(step or 1)))
    return found


class Entry:
    """One line of the crontab that names a time and a command."""

    def __init__(self, number, schedule, command, zone):
        self.number, self.schedule, self.command, self.zone = number, schedule, command, zone
        self.reboot = schedule == "@reboot"
        if self.reboot:
            return
        fields = NICKNAMES.get(schedule, schedule).split()
        names = [{}, {}, {}, MONTHS, DAYS]
        self.minutes, self.hours, self.days, self.months, self.weekdays = (
            values_of(field, bounds, named) for field, bounds, named in zip(fields, BOUNDS, names))
        self.any_day, self.any_weekday = fields[2] == "*", fields[4] == "*"

    def is_due(self, at):
        if self.reboot:
            return False
        local = at.astimezone(self.zone)
        weekday = local.isoweekday() % 7
        in_week = weekday in self.weekdays or (weekday == 0 and 7 in self.weekdays)
        in_month = local.day in self.days
        day = in_month and in_week if self.any_day or self.any_weekday else in_month or in_week
        return (day and local.minute in self.minutes and local.hour in self.hours
                and local.month in self.months)


def read_crontab(path):
    """The entries, and the numbers of the lines that can't be taken."""
    entries, wrong, zone, zone_is_known = [], [], None, True
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        text = line.strip()
        setting = re.match(r"^(\w+)\s*=\s*(.*)$", text)
        if not text or text.startswith("#"):
            continue
        if setting:
            if setting[1] == "CRON_TZ":
                try:
                    zone, zone_is_known = zoneinfo.ZoneInfo(setting[2]) if setting[2] else None, True
                except zoneinfo.ZoneInfoNotFoundError:
                    zone_is_known = False
                    wrong.append(number)
            continue
        words = text.split(None, 1) if text.startswith("@") else text.split(None, 5)
        schedule, command = (words[0], words[1:]) if text.startswith("@") else (" ".join(words[:5]), words[5:])
        try:
            if not command or not zone_is_known:
                raise Wrong("no command, or no such zone")
            entries.append(Entry(number, schedule, command[0], zone))
        except (Wrong, ValueError):
            wrong.append(number)
    return entries, wrong


def wait_until(at):
    time.sleep(max(0, (at - datetime.datetime.now(datetime.timezone.utc)).total_seconds()))


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("binary")
    parser.add_argument("crontab")
    parser.add_argument("--server")
    parser.add_argument("--between")
    arguments = parser.parse_args()

    def command(*words, good=(0,)):
        server = ["--server", arguments.server] if arguments.server else []
        done = subprocess.run([arguments.binary, *words, *server], capture_output=True, text=True)
        if done.returncode not in good:
            sys.exit(f"{' '.join(words)} ended with {done.returncode}: {done.stderr}{done.stdout}")
        return done.stdout

    entries, wrong = read_crontab(arguments.crontab)
    report = json.loads(command("import", "crontab", arguments.crontab, "--json", good=(0, 1)))
    taken = sorted(task["line"] for task in report["tasks"])
    refused = sorted(refusal["line"] for refusal in report["refused"])
    assert taken == [entry.number for entry in entries], ("taken", taken, [entry.number for entry in entries])
    assert refused == wrong, ("refused", refused, wrong)
    ids = {task["id"]: next(entry for entry in entries if entry.number == task["line"]) for task in report["tasks"]}
    print(f"{len(taken)} tasks taken over, {len(refused)} lines refused: {refused}", flush=True)

    now = datetime.datetime.now(datetime.timezone.utc)
    first = now.replace(second=0, microsecond=0) + MINUTE
    marks = [first, first + MINUTE]
    wait_until(first + AFTER_A_MARK)
    if arguments.between:
        subprocess.run(arguments.between, shell=True, check=True)
    wait_until(marks[-1] + AFTER_A_MARK)

    executions = json.loads(command("execution", "list", "--limit", "500", "--json"))["items"]
    worst = 0
    expected = {(task_id, mark) for task_id, entry in ids.items() for mark in marks if entry.is_due(mark)}
    seen = set()
    for execution in executions:
        if execution["task_id"] not in ids or execution["scheduled_at"] is None:
            continue
        key = (execution["task_id"], datetime.datetime.fromisoformat(execution["scheduled_at"].replace("Z", "+00:00")))
        assert key not in seen, ("twice", execution)
        seen.add(key)
        assert execution["status"] == "SUCCESS", execution
        worst = max(worst, execution["late_ms"])
    assert expected <= seen, ("missed", expected - seen)
    assert all(mark not in marks for _, mark in seen - expected), ("not due", seen - expected)
    assert worst <= LATEST_MS, f"{worst} ms late"
    greeting = next(task_id for task_id, entry in ids.items() if entry.command.startswith("tr a-z"))
    assert command("task", "logs", str(greeting)) == "HELLO FROM CRON\n"
    print(command("task", "list"))
    print(command("execution", "list", "--limit", "20"))
    print(f"{len(expected)} fires at two minute marks, each once, at most {worst} ms late")


if __name__ == "__main__":
    main()
