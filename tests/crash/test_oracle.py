"""An oracle that finds nothing wrong is worth something only if it would: each rule is shown a breach of it."""
import copy

import pytest

import oracle
from journal import Journal, read_line
from mix import Planned

BOOT = 1_000_000.0  # wall time of the boot: uptime 100 is second 1,000,100, which is a whole step of 2


def iso(uptime):
    return oracle.datetime.datetime.fromtimestamp(BOOT + uptime, oracle.datetime.timezone.utc).isoformat()


def record(number, **more):
    base = {"id": number, "task_id": 1, "task_name": "task", "status": "SUCCESS", "waiting": "none", "trigger": "schedule",
            "scheduled_at": None, "scheduled_until": None, "count": 1, "attempt": 1, "exit_code": 0, "signal": None,
            "error": None, "created_at": iso(100), "started_at": iso(100), "finished_at": iso(101)}
    return {**base, **more}


def sound():
    """Fires at 102, 104, 106, 108: run, skipped, skipped, run; one by hand between."""
    task = Planned("task", 2, id=1, asked_at=BOOT + 100.2, made_at=BOOT + 100.3, pausing_at=BOOT + 109.5, paused_at=BOOT + 109.6,
                   attempts=2, seconds=3)
    by_hand = Planned("by hand", id=2, asked_at=BOOT + 100, made_at=BOOT + 100, pausing_at=BOOT + 109, paused_at=BOOT + 109)
    journal = Journal("/nowhere")
    for line in ("start 1 1 1 11 900 102.0 1970-01-12T13:48:22Z", "end 1 1 1 11 900 107.0 0", "start 1 3 1 12 900 108.0",
                 "end 1 3 1 12 900 109.0 3", "start 1 3 2 13 900 109.2", "end 1 3 2 13 900 109.3 0",
                 "start 2 4 1 14 900 103.0", "end 2 4 1 14 900 103.5 0"):
        journal.add(read_line(line))
    records = [record(1, scheduled_at=iso(102)),
               record(2, status="SKIPPED", scheduled_at=iso(104), scheduled_until=iso(106), count=2, exit_code=None),
               record(3, scheduled_at=iso(108), attempt=2), record(4, task_id=2, trigger="manual", task_name="by hand")]
    deeds = oracle.Deeds(runs=[oracle.Run(2, 4, "key")], patches_sent={1: 2}, patches_kept={1: 2})
    details = {1: {"stdout": "begins 1 1 1\nends 1 1 1\n"}}
    there = {"task": {"id": 1, "description": "2"}, "by hand": {"id": 2, "description": ""}}
    return oracle.Evidence([task, by_hand], there, records, details, journal, deeds, BOOT)


def breach(change):
    evidence = copy.deepcopy(sound())
    change(evidence)
    return oracle.check(evidence)


def set_record(number, **more):
    return lambda evidence: evidence.records[number - 1].update(more)


def drop_record(number):
    return lambda evidence: evidence.records.pop(number - 1)


def write(*lines):
    return lambda evidence: [evidence.journal.add(read_line(line)) for line in lines]


def forget_end(evidence):
    evidence.journal.ends.clear()


def lose(number, **more):
    def change(evidence):
        evidence.records[number - 1].update(status="LOST", exit_code=None, **more)
    return change


def lose_with_a_killed_runner(evidence):
    lose(1)(evidence)
    evidence.deeds.runner_killed.append((100.5, 100.6))


def lose_what_had_ended(evidence):
    """At 107, and the runner was killed at 110: it had known of the end for long."""
    lose(1, finished_at=iso(110.1))(evidence)
    evidence.deeds.runner_killed.append((110.0, 110.1))


def crowd(evidence):
    """Three of a pool of two at once: 9 with 10, then 10 with 11 and 12."""
    evidence.tasks[1].pool = "narrow"
    for number, began, ended in ((9, 200, 203), (10, 202, 205), (11, 204, 207), (12, 204.5, 206)):
        write(f"start 2 {number} 1 {number} 900 {began}", f"end 2 {number} 1 {number} 900 {ended} 0")(evidence)


def chain(followed, *lines):
    def change(evidence):
        evidence.tasks[0].then = "by hand"
        evidence.records += [record(20 + i, task_id=2, trigger="chain", task_name="by hand") for i in range(followed)]
        write(*lines)(evidence)
    return change


def test_a_sound_world_is_found_sound():
    assert oracle.check(sound()) == []


@pytest.mark.parametrize("change, found", [
    (drop_record(2), "LOST FIRE: 'task' at 1000104"),
    (set_record(2, scheduled_until=iso(104), count=1), "LOST FIRE: 'task' at 1000106"),
    (set_record(2, count=3), "counts 3 fires, its range has 2"),
    (set_record(2, scheduled_until=iso(108), count=3), "DOUBLED FIRE"),
    (lambda e: e.records.append(record(9, status="MISSED", scheduled_at=iso(100), scheduled_until=iso(100))), "UNEXPECTED FIRE"),
    (lambda e: e.records.append(record(9, status="MISSED", scheduled_at=iso(110), scheduled_until=iso(110))), "UNEXPECTED FIRE"),
    (set_record(1, scheduled_at=iso(101)), "covers what is no fire"),
    (set_record(4, scheduled_at=iso(102)), "a task without fires has one"),
    (write("start 1 77 1 15 900 105.0"), "execution 77 attempt 1 ran and has no record"),
    (set_record(3, attempt=1), "attempt 2 ran, the record knows fewer"),
    (set_record(1, status="SKIPPED"), "it ran, says the journal"),
    (write("start 1 1 1 16 900 102.0"), "STARTED TWICE"),
    (write("start 2 4 2 16 900 104.0 1970-01-12T13:48:22Z", "end 2 4 2 16 900 104.1 0"), "the record knows fewer"),
    (forget_end, "SUCCESS without an end in the journal"),
    (set_record(1, status="FAILED", exit_code=7), "FAILED with an exit code that the journal does not have"),
    (set_record(1, status="FAILED", exit_code=None, signal=9), "FAILED without a cause"),
    (set_record(1, status="RUNNING"), "has not ended"),
    (set_record(1, status="TIMEOUT"), "TIMEOUT without a cause"),
    (set_record(1, status="CANCELLED"), "CANCELLED and nobody asked"),
    (set_record(3, attempt=3), "more attempts than asked for"),
    (lambda e: e.details[1].update(stdout="begins 1 1 1\n"), "SUCCESS with other output"),
    (lose(1), "LOST, and no runner was killed meanwhile"),
    (lose_with_a_killed_runner, "before it ended, by the journal"),
    (lose_what_had_ended, "LOST, though it had ended 3.00 s before a runner was killed"),
    (crowd, "POOL 'narrow' lets 3 run at 204.50: [(10, 1), (11, 1), (12, 1)]"),
    (chain(1), "CHAIN: 'task' succeeded 2 times, 'by hand' followed 1 times"),
    (chain(2, "start 2 20 1 15 900 109.5 upstream:1", "start 2 21 1 16 900 109.6 upstream:1"),
     "CHAIN: executions [20, 21] followed execution 1"),
    (lambda e: e.deeds.deleted.add(1), "task 1 was deleted and is there"),
    (lambda e: e.tasks.pop(1), "of a task that was deleted, or never asked for"),
    (write("overlap 1 3 1 12 900 108.0 1.1"), "OVERLAP: 'task': 3.1 began while 1.1 lived"),
    (lambda e: write("end 1 1 1 11 900 108.9 0")(e), "OVERLAP: 'task': 3.1 began 0.90 s before the end of 1.1"),
    (set_record(1, trigger="misfire"), "a misfire, and serve was up"),
    (lambda e: e.there.pop("task"), "was answered 201 and is not there"),
    (drop_record(4), "was answered 202 with execution 4 and is not there"),
    (lambda e: e.deeds.runs.append(oracle.Run(2, 5, "key")), "one Idempotency-Key, executions [4, 5]"),
    (lambda e: e.deeds.runs.clear(), "task 2 has 1 runs by hand, 0 were answered"),
    (lambda e: e.there["task"].update(description="1"), "change 2 was answered 200, change 1 is there"),
    (lambda e: e.deeds.cancels_kept.update({3: 105.0}), "began 3.0 s after its cancel"),
])
def test_a_breach_is_found(change, found):
    wrong = breach(change)
    assert any(found in line for line in wrong), wrong


def test_records_and_processes_that_differ_are_found():
    found = oracle.out_of_step(running={(1, 1), (2, 1), (3, 2)}, open_ids={1, 2, 3, 4}, alive={(1, 1), (3, 1), (4, 1), (5, 1)})
    assert found == {("RUNNING without a live process", (2, 1)), ("RUNNING without a live process", (3, 2)),
                     ("a process of ours without an open record", (5, 1))}


@pytest.mark.parametrize("policy, more, found", [
    ("skip", {}, "made up against misfire policy 'skip'"),
    ("fire_all", {"status": "MISSED", "scheduled_until": iso(102)}, "MISSED against misfire policy 'fire_all'"),
    ("fire_once", {"status": "MISSED", "scheduled_until": iso(106), "count": 3}, "the latest was not made up"),
])
def test_a_misfire_against_its_rule_is_found(policy, more, found):
    def change(evidence):
        evidence.tasks[0].misfire = policy
        evidence.records[0].update(trigger="misfire", **more)
        evidence.deeds.serve_down.append((BOOT + 101, BOOT + 103))
    assert any(found in line for line in breach(change))
