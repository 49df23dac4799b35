"""Every change of every clock from 2000 to 2037, by the dialect's rule and by the binary.

The reference shares nothing with the scheduler: zoneinfo tells the offsets, and a clock on the wall is walked minute by
minute. A wild schedule (its second, minute or hour begins with `*`) fires whenever the clock shows its time. A fixed one
fires when the clock shows its time for the first time, and once at the end of a gap of up to 3 h that left its time out.

    tests/api/dst_sweep.py [BINARY]     all zones under all their names, where the test takes each set of rules once
"""
import datetime
import functools
import json
import os
import pathlib
import struct
import subprocess
import sys
import time
import zoneinfo

FOLDER = pathlib.Path(os.environ.get("TZDIR", "/usr/share/zoneinfo"))
BEGIN, END = (int(datetime.datetime(year, 1, 1, tzinfo=datetime.timezone.utc).timestamp()) for year in (2000, 2038))
DAY = 1440  # minutes
LONGEST_MENDED = 180
BESIDE = 20  # minutes looked at beside what a change leaves out or repeats


def zones(each_once):
    """Name to zone; of those with the same file only the first, where wanted."""
    zoneinfo.reset_tzpath([str(FOLDER)])
    found, seen = {}, set()
    for name in sorted(zoneinfo.available_timezones()):
        if name in ("Factory", "localtime"):
            continue
        content = (FOLDER / name).read_bytes()
        if each_once and content in seen:
            continue
        seen.add(content)
        found[name] = zoneinfo.ZoneInfo(name)
    return found


def candidates(name):
    """Instants at which the zone's offset may change: those of its file and, after the last, each week's days."""
    data = (FOLDER / name).read_bytes()

    def counts(at):
        assert data[at:at + 4] == b"TZif"
        return struct.unpack(">6I", data[at + 20:at + 44])
    utc, standard, leaps, times, types, letters = counts(0)
    second = 44 + times * 5 + types * 6 + letters + leaps * 8 + standard + utc
    times = counts(second)[3]
    instants = struct.unpack(f">{times}q", data[second + 44:second + 44 + times * 8])
    return [at for at in instants if BEGIN <= at < END], max((*instants, BEGIN))


def offset(zone, at):
    """In minutes, at that second."""
    seconds = datetime.datetime.fromtimestamp(at, zone).utcoffset().total_seconds()
    assert seconds % 60 == 0, (zone, at)
    return int(seconds) // 60


def changes(name, zone):
    """[(minute since 1970, offset before, offset after)]"""
    instants, last = candidates(name)
    week = 7 * DAY * 60
    for at in range(max(last, BEGIN), END, week):
        low, high = at, min(at + week, END)
        if offset(zone, low) == offset(zone, high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(zone, middle) == offset(zone, low) else (low, middle)
        instants.append(high)
    found = []
    for at in sorted(set(instants)):
        before, after = offset(zone, at - 1), offset(zone, at)
        if before != after:
            assert at % 60 == 0, (name, at)
            found.append((at // 60, before, after))
    return found


class Expression:
    def __init__(self, text, seconds, minutes, hours, wild):
        self.text, self.seconds, self.wild = text, seconds, wild
        self.times = {hour * 60 + minute for hour in hours for minute in minutes}

    def matches(self, wall):
        return wall % DAY in self.times


@functools.lru_cache(None)
def expressions(hour):
    """Of both classes; some at the hour that the change touches."""
    whole, every = range(24), range(60)
    return (
        Expression("*/5 * * * *", [0], range(0, 60, 5), whole, True),
        Expression("30 * * * *", [0], [30], whole, True),
        Expression(f"*/15 {hour} * * *", [0], range(0, 60, 15), [hour], True),
        Expression(f"*/20 0,59 {hour} * * *", [0, 20, 40], [0, 59], [hour], True),
        Expression("0-59/5 0-23 * * *", [0], range(0, 60, 5), whole, False),
        Expression(f"30 {hour} * * *", [0], [30], [hour], False),
        Expression("0 0 * * *", [0], [0], [0], False),
        Expression(f"7 0-59 {hour} * * *", [7], every, [hour], False),
    )


def fires(expression, change_at, offset_at, first, end):
    """Seconds since `change_at` (a minute) of each fire in [first, end), both in minutes since it. offset_at(k): of the
    minute k since it."""
    found, shown_until = [], None
    # what was shown before the window counts as shown; no overlap is longer than a day
    for k in range(first - DAY - BESIDE, end):
        wall = change_at + k + offset_at(k)
        jumped = shown_until is not None and wall > shown_until
        again = shown_until is not None and wall < shown_until
        if k >= first:
            if expression.wild:
                if expression.matches(wall):
                    found += [k * 60 + second for second in expression.seconds]
            else:
                missed = jumped and wall - shown_until <= LONGEST_MENDED and any(map(expression.matches, range(shown_until, wall)))
                here = [k * 60 + second for second in expression.seconds] if expression.matches(wall) and not again else []
                if missed and (not here or here[0] != k * 60):
                    here.insert(0, k * 60)
                found += here
        shown_until = wall + 1 if shown_until is None else max(shown_until, wall + 1)
    return found


@functools.lru_cache(None)
def fires_of_shape(expression, wall_before, by, first, end):
    """Where no other change is near, all depends on the time of day and on how far the clock is set."""
    return fires(expression, wall_before, lambda k: by if k >= 0 else 0, first, end)


def iso(second):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))


def sweep(binary, each_once=True):
    """How many (zone, change, expression) were held against each other, and what differed."""
    questions, expected = [], []
    changed = 0
    for name, zone in zones(each_once).items():
        all_changes = changes(name, zone)
        changed += len(all_changes)
        for i, (at, before, after) in enumerate(all_changes):
            by = after - before
            first, end = -abs(by) - BESIDE, abs(by) + BESIDE
            near = any(abs(other[0] - at) <= 2 * DAY for other in all_changes[max(0, i - 2):i + 3] if other[0] != at)
            touched = (at + min(before, after)) % DAY // 60
            for expression in expressions(touched):
                if near:
                    found = fires(expression, at, lambda k: offset(zone, (at + k) * 60), first, end)
                else:
                    found = fires_of_shape(expression, (at + before) % DAY, by, first, end)
                questions.append({"expr": expression.text, "tz": name, "from": iso((at + first) * 60 - 1), "count": len(found) + 1})
                expected.append(([at * 60 + second for second in found], (at + end) * 60))
    lines = "\n".join(map(json.dumps, questions)) + "\n"
    done = subprocess.run([binary, "cron", "next", "--json", "-"], input=lines, text=True, capture_output=True, timeout=600,
                          env={**os.environ, "TZDIR": str(FOLDER)})
    answers = done.stdout.splitlines()
    assert len(answers) == len(questions), done.stderr
    wrong = []
    for question, (wanted, end), line in zip(questions, expected, answers):
        answer = json.loads(line).get("next", [])
        if answer[:len(wanted)] != list(map(iso, wanted)) or any(late < iso(end) for late in answer[len(wanted):]):
            wrong.append((question, list(map(iso, wanted)), line))
    return changed, len(questions), wrong


if __name__ == "__main__":
    began = time.monotonic()
    changed, questions, wrong = sweep(sys.argv[1] if len(sys.argv) > 1 else "build/release/mini-scheduler", each_once=False)
    for one in wrong[:20]:
        print(*one, sep="\n  ")
    print(f"{changed} changes, {questions} questions, {len(wrong)} differ; {time.monotonic() - began:.1f} s")
    sys.exit(1 if wrong else 0)
