"""What must be true of a world once all is quiet, computed from what was asked for and what the jobs wrote. It shares
no code and no thought with the server: fires are counted as whole steps of UTC, a run is what its job put down."""
import collections
import dataclasses
import datetime

import mix

FINAL = {"SUCCESS", "FAILED", "TIMEOUT", "CANCELLED", "SKIPPED", "MISSED", "LOST"}
ONE_AT_A_TIME = {"skip", "queue", "queue_all", "cancel_running"}
LATE_S = 5  # a fire that comes later than this is a misfire, by the rule of the scheduler
ENDS_SEEN_WITHIN_S = 2  # by a runner that lives: the job's last line, its exit, a look at it, and the journal
CLOCK_S = 0.1  # two clocks of 10 ms steps, and the work between two looks at them
UPSTREAM = "upstream:"
LISTED = 20  # violations of one kind that are spelled out


@dataclasses.dataclass(frozen=True)
class Run:
    """A run by hand that was answered 202."""
    task: int
    execution: int
    key: str | None = None  # its Idempotency-Key


@dataclasses.dataclass
class Deeds:
    """What the world did to the server."""
    runs: list = dataclasses.field(default_factory=list)
    unsure_runs: dict = dataclasses.field(default_factory=dict)  # task -> requests whose answer never came
    patches_sent: dict = dataclasses.field(default_factory=dict)  # task -> number in the last one
    patches_kept: dict = dataclasses.field(default_factory=dict)  # the last acknowledged one
    cancels_asked: set = dataclasses.field(default_factory=set)
    cancels_kept: dict = dataclasses.field(default_factory=dict)  # execution -> uptime of the acknowledgement
    deleted: set = dataclasses.field(default_factory=set)  # ids of tasks
    serve_down: list = dataclasses.field(default_factory=list)  # (wall time of the kill, wall time when ready again), or frozen
    runner_killed: list = dataclasses.field(default_factory=list)  # (uptime before, uptime after)
    runner_frozen: list = dataclasses.field(default_factory=list)  # the same
    jobs_killed: set = dataclasses.field(default_factory=set)  # (execution, attempt)


@dataclasses.dataclass
class Evidence:
    tasks: list  # mix.Planned, with the ids that the server gave
    there: dict  # name -> the task as the server shows it
    records: list  # every execution as the server lists it
    details: dict  # id -> some of them in full
    journal: object
    deeds: Deeds
    boot_wall: float  # wall time of the machine's boot


def wall(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() if text else None


def brief(record):
    shown = {name: record[name] for name in ("id", "task_name", "status", "waiting", "trigger", "scheduled_at",
                                             "scheduled_until", "count", "attempt", "started_at", "finished_at", "error")}
    return " ".join(f"{name}={value}" for name, value in shown.items() if value is not None)


def expected_fires(task):
    """(those that must have a record, those that may). Between the request and its answer nobody knows the instant."""
    if not task.step_s:
        return set(), set()

    def steps(after, until):
        first = int(after // task.step_s + 1) * task.step_s
        return set(range(first, int(until) + 1, task.step_s))
    # made: fires behind the second in which it was made. Paused: a second before, so that it was booked by then
    sure_until, may_until = task.pausing_at - 1, task.paused_at
    if task.ends_at:
        sure_until, may_until = min(sure_until, task.ends_at), min(may_until, task.ends_at)
    return steps(int(task.made_at), sure_until), steps(int(task.asked_at), may_until)


def fires_of(record, task):
    """The fires that it covers, and what is wrong with how it says so."""
    if record["scheduled_at"] is None:
        return [], None
    first = wall(record["scheduled_at"])
    last = wall(record["scheduled_until"]) or first
    if first % task.step_s or last % task.step_s or last < first:
        return [], "covers what is no fire"
    fires = list(range(int(first), int(last) + 1, task.step_s))
    if len(fires) != record["count"]:
        return fires, f"counts {record['count']} fires, its range has {len(fires)}"
    return fires, None


def each_fire_has_one_record(evidence):
    by_task = collections.defaultdict(list)
    for record in evidence.records:
        by_task[record["task_id"]].append(record)
    for task in evidence.tasks:
        covered = collections.defaultdict(list)
        for record in by_task[task.id]:
            if not task.step_s:
                if record["scheduled_at"] is not None:
                    yield f"a task without fires has one: {brief(record)}"
                continue
            fires, wrong = fires_of(record, task)
            if wrong:
                yield f"{wrong}: {brief(record)}"
            for fire in fires:
                covered[fire].append(record)
        must, may = expected_fires(task)
        for fire in sorted(must - covered.keys()):
            yield f"LOST FIRE: '{task.name}' at {fire} ({at(fire)}) has no record"
        for fire in sorted(covered.keys() - may):
            yield f"UNEXPECTED FIRE: '{task.name}' at {at(fire)}: {brief(covered[fire][0])}"
        for fire, records in covered.items():
            if len(records) > 1:
                yield f"DOUBLED FIRE: '{task.name}' at {at(fire)}: {' | '.join(map(brief, records))}"


def at(fire):
    return datetime.datetime.fromtimestamp(fire, datetime.timezone.utc).strftime("%H:%M:%SZ")


def each_start_has_its_record(evidence):
    records = {record["id"]: record for record in evidence.records}
    for key, lines in evidence.journal.starts.items():
        if lines[0].task in evidence.deeds.deleted:
            continue
        record = records.get(key[0])
        if record is None or record["task_id"] != lines[0].task:
            yield f"execution {key[0]} attempt {key[1]} ran and has no record"
            continue
        if key[1] > record["attempt"]:
            yield f"attempt {key[1]} ran, the record knows fewer: {brief(record)}"
        if record["status"] in ("SKIPPED", "MISSED"):
            yield f"it ran, says the journal: {brief(record)}"
        if len(lines) > 1:
            yield f"STARTED TWICE: execution {key[0]} attempt {key[1]}: pids {[line.pid for line in lines]}"
        if lines[0].word and not lines[0].word.startswith(UPSTREAM) and wall(lines[0].word) != wall(record["scheduled_at"]):
            yield f"the job was told the fire {lines[0].word}: {brief(record)}"


def ends_agree(evidence):
    """SUCCESS and FAILED with an exit code were seen by the job too; nothing else may have come from nothing."""
    tasks = {task.id: task for task in evidence.tasks}
    journal, deeds = evidence.journal, evidence.deeds
    for record in evidence.records:
        key, status, task = (record["id"], record["attempt"]), record["status"], tasks.get(record["task_id"])
        if task is None:
            yield f"of a task that was deleted, or never asked for: {brief(record)}"
            continue
        if status not in FINAL:
            yield f"has not ended: {brief(record)}"
        if record["attempt"] > task.attempts:
            yield f"more attempts than asked for: {brief(record)}"
        codes = [line.word for line in journal.ends.get(key, [])]
        if status == "SUCCESS" and codes != ["0"]:
            yield f"SUCCESS without an end in the journal ({codes}): {brief(record)}"
        if status == "FAILED":
            if record["exit_code"] is not None and codes != [str(record["exit_code"])]:
                yield f"FAILED with an exit code that the journal does not have ({codes}): {brief(record)}"
            if record["exit_code"] is None and not (record["signal"] == 9 and key in deeds.jobs_killed):
                yield f"FAILED without a cause: {brief(record)}"
        if status == "TIMEOUT" and task.timeout_s > task.seconds:
            yield f"TIMEOUT without a cause: {brief(record)}"
        if status == "CANCELLED" and task.overlap != "cancel_running" and record["id"] not in deeds.cancels_asked:
            yield f"CANCELLED and nobody asked: {brief(record)}"
        detail = evidence.details.get(record["id"])
        if status == "SUCCESS" and task.loud and detail is not None:
            word = f"{task.id} {record['id']} {record['attempt']}\n"
            if detail["stdout"] != f"begins {word}ends {word}":
                yield f"SUCCESS with other output ({detail['stdout']!r}): {brief(record)}"


def lost_is_proved(evidence):
    """An attempt is LOST only where a runner was killed while it was open, before it could know of the end, and never
    while its process lives."""
    for record in evidence.records:
        detail = evidence.details.get(record["id"], {})
        attempts = detail.get("attempts") or [dict(record)]
        for attempt in attempts:
            if attempt["status"] != "LOST":
                continue
            key, lost_at = (record["id"], attempt["attempt"]), wall(attempt["finished_at"]) - evidence.boot_wall
            made_at = wall(record["created_at"]) - evidence.boot_wall
            if not any(began <= lost_at + CLOCK_S and ended >= made_at - CLOCK_S
                       for began, ended in evidence.deeds.runner_killed):
                yield f"LOST, and no runner was killed meanwhile: {brief(record)}"
            elif (end := evidence.journal.ends.get(key)) and (killed := killed_after_it_knew(evidence.deeds, made_at, lost_at, end[0].at)):
                yield (f"LOST, though it had ended {killed - end[0].at:.2f} s before a runner was killed: "
                       f"attempt {key[1]} of {brief(record)}")
            for kind, lines in (("started", evidence.journal.starts), ("ended", evidence.journal.ends)):
                for line in lines.get(key, []):
                    if line.at > lost_at + CLOCK_S:
                        yield (f"LOST {line.at - lost_at:.2f} s before it {kind}, by the journal: "
                               f"attempt {key[1]} of {brief(record)}")


def killed_after_it_knew(deeds, made_at, lost_at, ended_at):
    """When the first runner was killed that may have lost the attempt, where that was long after its end; else None."""
    first = min(began for began, ended in deeds.runner_killed if began <= lost_at + CLOCK_S and ended >= made_at - CLOCK_S)
    asleep = sum(until - since for since, until in deeds.runner_frozen if since <= first and until >= ended_at)
    return first if first - asleep > ended_at + ENDS_SEEN_WITHIN_S else None


def nothing_overlaps(evidence):
    """By what the jobs saw of one another, and by their times. A run whose runner was killed is no exception: its
    process lives on, so it is not LOST and still stands in the way of the next."""
    tasks = {task.id: task for task in evidence.tasks}

    def is_single(line):
        return line.task in tasks and tasks[line.task].overlap in ONE_AT_A_TIME
    for line in evidence.journal.overlaps:
        if is_single(line):
            yield f"OVERLAP: '{tasks[line.task].name}': {line.execution}.{line.attempt} began while {line.word} lived"
    ended = {}  # task -> the latest end so far
    for key, lines in sorted(evidence.journal.starts.items(), key=lambda item: item[1][0].at):
        line = lines[0]
        if not is_single(line):
            continue
        before = ended.get(line.task)
        if before is not None and line.at < before.at - CLOCK_S:
            yield (f"OVERLAP: '{tasks[line.task].name}': {line.execution}.{line.attempt} began {before.at - line.at:.2f} s "
                   f"before the end of {before.execution}.{before.attempt}")
        for end in evidence.journal.ends.get(key, []):
            if before is None or end.at > before.at:
                ended[line.task] = end


def pools_hold(evidence):
    """By the journal: of the runs whose end it has, never more at once than the pool lets in."""
    pool_of = {task.id: task.pool for task in evidence.tasks if task.pool}
    events = collections.defaultdict(list)
    for key, lines in evidence.journal.starts.items():
        ends = evidence.journal.ends.get(key)
        if lines[0].task in pool_of and ends and ends[0].at - CLOCK_S > lines[0].at:
            events[pool_of[lines[0].task]] += [(lines[0].at, 1, key), (ends[0].at - CLOCK_S, -1, key)]
    for pool, changes in events.items():
        inside = set()
        for at_uptime, change, key in sorted(changes):
            (inside.add if change > 0 else inside.discard)(key)
            if len(inside) > mix.POOLS[pool]:
                yield f"POOL '{pool}' lets {len(inside)} run at {at_uptime:.2f}: {sorted(inside)}"


def chains_follow_once(evidence):
    tasks = {task.name: task for task in evidence.tasks}
    for upstream in evidence.tasks:
        if not upstream.then:
            continue
        downstream = tasks[upstream.then]
        successes = [r["id"] for r in evidence.records if r["task_id"] == upstream.id and r["status"] == "SUCCESS"]
        followed = [r for r in evidence.records if r["task_id"] == downstream.id and r["trigger"] == "chain"]
        if len(successes) != len(followed):
            yield f"CHAIN: '{upstream.name}' succeeded {len(successes)} times, '{downstream.name}' followed {len(followed)} times"
        told = collections.defaultdict(set)
        for key, lines in evidence.journal.starts.items():
            if lines[0].task == downstream.id and lines[0].word.startswith(UPSTREAM):
                told[int(lines[0].word[len(UPSTREAM):])].add(key[0])
        for before, executions in told.items():
            if len(executions) > 1 or before not in successes:
                yield f"CHAIN: executions {sorted(executions)} followed execution {before}"


def misfires_follow_their_rule(evidence):
    tasks = {task.id: task for task in evidence.tasks}
    own = collections.defaultdict(dict)
    for record in evidence.records:
        if record["scheduled_at"] and record["status"] != "MISSED":
            own[record["task_id"]][wall(record["scheduled_at"])] = record
    for record in evidence.records:
        task = tasks.get(record["task_id"])
        if task is None or record["trigger"] != "misfire":
            continue
        first, last = wall(record["scheduled_at"]), wall(record["scheduled_until"] or record["scheduled_at"])
        if not any(down <= last + LATE_S + 1 and first <= ready + 1 for down, ready in evidence.deeds.serve_down):
            yield f"a misfire, and serve was up: {brief(record)}"
        if record["status"] != "MISSED":
            if task.misfire == "skip":
                yield f"made up against misfire policy 'skip': {brief(record)}"
            continue
        if task.misfire == "fire_all":
            yield f"MISSED against misfire policy 'fire_all': {brief(record)}"
        if task.misfire == "fire_once":
            made_up = own[task.id].get(last + task.step_s)
            if made_up is None or made_up["trigger"] != "misfire" and made_up["status"] != "SKIPPED":
                yield f"MISSED, and the latest was not made up by policy 'fire_once': {brief(record)}"


def acknowledged_is_kept(evidence):
    deeds, records = evidence.deeds, {record["id"]: record for record in evidence.records}
    ids = {task["id"] for task in evidence.there.values()}
    for task in sorted(ids & deeds.deleted):
        yield f"task {task} was deleted and is there"
    for task in evidence.tasks:
        if evidence.there.get(task.name, {}).get("id") != task.id:
            yield f"task '{task.name}' was answered 201 and is not there"
    of_key = collections.defaultdict(set)
    acknowledged = collections.defaultdict(set)
    for run in deeds.runs:
        acknowledged[run.task].add(run.execution)
        if run.key:
            of_key[run.key].add(run.execution)
        record = records.get(run.execution)
        if record is None or record["task_id"] != run.task or record["trigger"] != "manual":
            yield f"a run of task {run.task} was answered 202 with execution {run.execution} and is not there"
    for key, executions in of_key.items():
        if len(executions) > 1:
            yield f"one Idempotency-Key, executions {sorted(executions)}"
    manual = collections.Counter(record["task_id"] for record in evidence.records if record["trigger"] == "manual")
    for task, count in manual.items():
        known = len(acknowledged[task])
        if count > known + deeds.unsure_runs.get(task, 0):
            yield f"task {task} has {count} runs by hand, {known} were answered, {deeds.unsure_runs.get(task, 0)} may be more"
    for task in evidence.tasks:
        shown = int(evidence.there.get(task.name, {}).get("description") or 0)
        if not deeds.patches_kept.get(task.id, 0) <= shown <= deeds.patches_sent.get(task.id, 0):
            yield f"'{task.name}': change {deeds.patches_kept.get(task.id)} was answered 200, change {shown} is there"
    for execution, cancelled_at in deeds.cancels_kept.items():
        for (started, attempt), lines in evidence.journal.starts.items():
            if started == execution and lines[0].at > cancelled_at + 1:
                yield f"execution {execution} attempt {attempt} began {lines[0].at - cancelled_at:.1f} s after its cancel"


# -- while it runs -------------------------------------------------------------------------------------------------

def out_of_step(running, open_ids, alive):
    """Where records and processes differ at one look, as (why, attempt); what a second look finds too, after the time that
    the server has to put things right, is a breach. `running` and `alive` are attempts, `open_ids` are executions."""
    return ({("RUNNING without a live process", key) for key in running - alive}
            | {("a process of ours without an open record", key) for key in alive if key[0] not in open_ids})


RULES = (each_fire_has_one_record, each_start_has_its_record, ends_agree, lost_is_proved, nothing_overlaps, pools_hold,
         chains_follow_once, misfires_follow_their_rule, acknowledged_is_kept)


def check(evidence):
    """Every violation, in words."""
    found = []
    for rule in RULES:
        wrong = list(rule(evidence))
        found += wrong[:LISTED]
        if len(wrong) > LISTED:
            found.append(f"... and {len(wrong) - LISTED} more of {rule.__name__}")
    return found
