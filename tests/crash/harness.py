"""A world: one server in a folder of its own, tasks whose jobs keep a journal beside it, a client that writes through
the API, and a killer. What it does is drawn from its seed; when the machine lets it happen is not."""
import collections
import concurrent.futures
import dataclasses
import os
import pathlib
import random
import shutil
import signal
import threading
import time

import mix
import oracle
from journal import Journal
from node import BINARY, JOB, Node, attempts_alive, is_alive, processes_marked, uptime

STUCK_AFTER_S = 10  # after a start nothing may be RUNNING for longer without a live process
DRAIN_WITHIN_S = 60
PAUSE_LEAD_S = 2


class World:
    def __init__(self, seed, number=0, binary=BINARY):
        self.name = f"{seed}.{number}"
        self.random = random.Random(f"{self.name} killer")
        self.node = Node(binary)
        self.folder = self.node.folder + "/outside"
        os.makedirs(self.folder)
        with open(self.node.folder + "/config.toml", "w") as config:
            config.write("[pools]\n" + "".join(f"{name} = {limit}\n" for name, limit in mix.POOLS.items()))
        self.node.options = ["--config", self.node.folder + "/config.toml"]
        self.mark = f"{os.getpid()}-{self.node.port}"
        self.journal = Journal(self.folder + "/journal")
        self.tasks = []
        self.unsure_tasks = []  # asked for, but the connection broke before the answer
        self.deeds = oracle.Deeds()
        self.strikes = []  # what was killed together, in words
        self.kills = 0  # SIGKILLs that hit a process
        self.wrong = []  # that was seen on the way
        self.client = Client(self)

    # -- life --------------------------------------------------------------------------------------------------------

    def begin(self):
        self.node.start()
        for task in mix.first_tasks(random.Random(f"{self.name} tasks")):
            self.make(task)
        return self

    def make(self, task):
        """Asks for it; it is one of the world's tasks from the moment of the request on, acknowledged or not."""
        task.asked_at = time.time()
        ends_at = None
        if task.lives_s:
            task.ends_at = int(task.asked_at) + task.lives_s
            ends_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(task.ends_at))
        then = next((other.id for other in self.tasks if other.name == task.then), None)
        answer = self.node.try_ask("POST", "/tasks", task.body(JOB, self.folder, self.mark, ends_at, then))
        task.made_at = time.time()
        if answer is None:
            self.unsure_tasks.append(task)
            return False
        assert answer[0] == 201, answer
        task.id = answer[1]["id"]
        self.tasks.append(task)
        return True

    def run(self, seconds, kills=0):
        """Kills until the time is over and there were that many kills, though at most for five times as long; serve is
        up and ready afterwards."""
        began = time.monotonic()
        self.client.start()
        try:
            while (gone := time.monotonic() - began) < seconds or (self.kills < kills and gone < 5 * seconds):
                self.pause()
                self.strike()
                self.client.check()
        finally:
            self.client.stop()
        self.client.check()
        return self

    # -- the end -----------------------------------------------------------------------------------------------------

    def settle(self):
        """Lets everything come to its end, and gives what was and what the oracle finds wrong: an empty list is a proof
        of nothing and the best that can be had."""
        self.node.wait_ready()
        wrong = self.wrong + self.stuck()
        steady_from = time.monotonic() + PAUSE_LEAD_S
        while time.monotonic() < steady_from:
            time.sleep(0.05)
        self.find_unsure_tasks()
        wrong += self.abandoned()  # before a deletion takes whole folders along
        wrong += self.finish_deletions()
        for task in self.tasks:
            task.pausing_at = time.time()
            status, answer = self.node.ask("POST", f"/tasks/{task.id}/pause")
            assert status == 200, answer
            task.paused_at = time.time()
        wrong += self.drain()
        wrong += self.leftovers() + self.abandoned()
        return wrong + oracle.check(self.evidence())

    def find_unsure_tasks(self):
        """Those whose 201 was lost on its way are tasks like the others; of those that are not there nothing is expected."""
        status, page = self.node.ask("GET", "/tasks?page_size=500")
        assert status == 200, page
        there = {item["name"]: item["id"] for item in page["items"]}
        for task in self.unsure_tasks:
            if task.name in there:
                task.id = there[task.name]
                self.tasks.append(task)

    def finish_deletions(self):
        """Asks anew for those that nobody knows to have been heard. What is gone already is left alone: a second deletion
        would clear away what the first one forgot."""
        return [line for task in self.client.doomed if self.node.ask("GET", f"/tasks/{task}")[0] != 404
                for line in self.client.delete(task)]

    def stuck(self):
        """RUNNING without a live process, or a process without an open record: for STUCK_AFTER_S without a break."""
        until = time.monotonic() + STUCK_AFTER_S
        suspects = None
        while suspects is None or suspects:
            running = {(item["id"], item["attempt"]) for item in self.node.all_executions("&status=RUNNING")}
            open_ids = {key[0] for key in running} | {i["id"] for i in self.node.all_executions("&status=PENDING")}
            now = oracle.out_of_step(running, open_ids, attempts_alive(f"CRASH_WORLD={self.mark}"))
            suspects = now if suspects is None else suspects & now
            if suspects and time.monotonic() > until:
                return [f"{STUCK_AFTER_S} s after the start: {why}: execution {key[0]} attempt {key[1]}"
                        for why, key in sorted(suspects)]
        return []

    def drain(self):
        until = time.monotonic() + DRAIN_WITHIN_S
        while True:
            left = [item for status in ("RUNNING", "PENDING") for item in self.node.all_executions(f"&status={status}")]
            if not left:
                return []
            if time.monotonic() > until:
                return [f"not ended {DRAIN_WITHIN_S} s after the pause: {oracle.brief(item)}" for item in left]
            time.sleep(0.05)

    def leftovers(self):
        """Processes of jobs that all have ended. What a killed leader left asleep may end its nap."""
        until = time.monotonic() + STUCK_AFTER_S
        while pids := processes_marked(f"CRASH_WORLD={self.mark}"):
            if time.monotonic() > until:
                return [f"process {pid} lives, though every execution has ended" for pid in pids]
            time.sleep(0.05)
        return []

    def abandoned(self):
        """Files of output whose execution is no more. The server may still be at removing them."""
        until = time.monotonic() + STUCK_AFTER_S
        while True:
            there = {item["id"] for item in self.node.all_executions()}
            files = [path for path in pathlib.Path(self.node.folder, "data/output").rglob("*.*")
                     if int(path.name.split(".")[0]) not in there]
            if not files or time.monotonic() > until:
                return [f"the output {path} has no record" for path in files]
            time.sleep(0.05)

    def evidence(self):
        status, page = self.node.ask("GET", "/tasks?page_size=500")
        assert status == 200, page
        there = {item["name"]: item for item in page["items"]}
        records = self.node.all_executions()
        details = {}
        for record in records:
            if record["attempt"] > 1 or record["id"] % 4 == 0:
                status, details[record["id"]] = self.node.ask("GET", f"/executions/{record['id']}")
                assert status == 200, details[record["id"]]
        return oracle.Evidence(self.tasks, there, records, details, self.journal.refresh(), self.deeds,
                               boot_wall=time.time() - uptime())

    def close(self, keep=False):
        """Ends all its processes; `keep` leaves the folder for whoever looks for the cause."""
        if self.node.process is not None and self.node.process.poll() is None:
            self.node.kill_serve()
        self.node.kill_runner()
        for pid in processes_marked(f"CRASH_WORLD={self.mark}"):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if not keep:
            shutil.rmtree(self.node.folder, ignore_errors=True)

    # -- the killer --------------------------------------------------------------------------------------------------

    def pause(self):
        """Half of the time until just after a full second, when fires are booked, started and ended."""
        wait = self.random.uniform(0.02, 1.0)
        if self.random.random() < 0.5:
            wait = max(0.0, 1 - time.time() % 1 + self.random.expovariate(1 / 0.02))
        time.sleep(wait)

    def strike(self):
        self.node.check_alive()
        kinds = {"freeze serve": 3, "freeze runner": 3, "serve": 42, "runner": 14, "both": 9, "serve, then runner": 6, "runner, then serve": 6, "job": 12,
                 "job and runner": 3, "job and serve": 6, "all": 2}
        what = self.random.choices(list(kinds), kinds.values())[0]
        gap = self.random.uniform(0, 0.05)
        down = self.random.choices((0, self.random.uniform(0, 0.3), self.random.uniform(0.3, 2)), (5, 3, 2))[0]
        again = self.random.random() < 0.2
        again_after = self.random.expovariate(1 / 0.03)
        hurries = self.random.random() < 0.25  # the next strike is not to wait until all is in step again
        self.strikes.append(what)
        began = None
        if "freeze" in what:
            self.freeze("serve" in what, 0.2 + 40 * gap)
            return
        if "job" in what or what == "all":
            self.kill_job()
        if what in ("serve", "both", "serve, then runner", "job and serve", "all"):
            began = self.kill_serve()
        if what == "runner, then serve":
            self.kill_runner()
        if "then" in what:
            time.sleep(gap)
        if what == "runner, then serve":
            began = self.kill_serve()
        if what in ("runner", "both", "serve, then runner", "job and runner", "all"):
            self.kill_runner()
        if began is None:
            return
        time.sleep(down)
        self.node.launch()
        if again:  # while it starts, before anybody knows whether it is ready
            self.strikes.append("serve at its start")
            time.sleep(again_after)
            self.kill_serve()
            if gap < 0.015:
                self.kill_runner()
            self.node.launch()
        self.node.wait_ready()
        self.deeds.serve_down.append((began, time.time()))
        if not hurries:
            self.wrong += self.stuck()

    def freeze(self, serve, seconds):
        """For a time as a swapping or suspended machine does: it goes on as if nothing had been."""
        pid = self.node.process.pid if serve else self.node.runner_pid()
        if pid is None:
            return
        began, began_uptime = time.time(), uptime()
        os.kill(pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(pid, signal.SIGCONT)
        if not serve:
            self.deeds.runner_frozen.append((began_uptime, uptime()))
        self.deeds.serve_down.append((began, time.time()))

    def kill_serve(self):
        self.node.check_alive()
        at = time.time()
        self.node.kill_serve()
        self.kills += 1
        return at

    def kill_runner(self):
        began = uptime()
        if self.node.kill_runner() is not None:
            self.deeds.runner_killed.append((began, uptime()))
            self.kills += 1

    def kill_job(self):
        """One that lives, by its journal; half of the time with all its group."""
        whole = self.random.random() < 0.5
        pick = self.random.random()
        journal = self.journal.refresh()
        lives = [line for line in journal.lines[-400:]
                 if line.kind == "start" and line.key not in journal.ends and is_alive(line.pid, line.born)]
        if not lives:
            return
        victim = lives[int(pick * len(lives))]
        try:
            (os.killpg if whole else os.kill)(victim.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.deeds.jobs_killed.add(victim.key)
        self.kills += 1


class Client(threading.Thread):
    """Writes through the API all the time, and remembers what was acknowledged and what nobody knows."""

    def __init__(self, world):
        super().__init__(daemon=True)
        self.world = world
        self.random = random.Random(f"{world.name} client")
        self.stopping = threading.Event()
        self.failure = None
        self.made = 0
        self.doomed = []  # ids of tasks that are to be deleted, and whose deletion nobody acknowledged yet
        self.asked_keys = 0

    def stop(self):
        self.stopping.set()
        if self.is_alive():
            self.join(150)

    def check(self):
        if self.failure is not None:
            raise self.failure

    def run(self):
        try:
            while not self.stopping.wait(self.random.uniform(0.01, 0.3)):
                deed = self.random.choices((self.run_by_hand, self.patch, self.make, self.cancel, self.doom),
                                           (10, 4, 1, 3, 1))[0]
                deed()
        except BaseException as failure:  # told to the killer's thread, which fails the test
            self.failure = failure

    def run_by_hand(self):
        task = self.random.choice([task for task in self.world.tasks if not task.step_s])
        deeds = self.world.deeds
        headers, key = {}, None
        if self.random.random() < 0.5:
            self.asked_keys += 1
            key = f"{self.world.mark}-{self.asked_keys}"
            headers = {"Idempotency-Key": key}
        for _ in range(40):
            answer = self.world.node.try_ask("POST", f"/tasks/{task.id}/run", {}, headers)
            if answer is not None and answer[0] == 202:
                deeds.runs.append(oracle.Run(task.id, answer[1]["execution_id"], key))
            elif answer is None and key is None:
                deeds.unsure_runs[task.id] = deeds.unsure_runs.get(task.id, 0) + 1
            else:
                assert answer is None or answer[0] in (409, 503), answer
            if key is None or (answer is not None and answer[0] != 503):
                return
            if self.stopping.wait(0.1):  # asked, and never answered
                break
        deeds.unsure_runs[task.id] = deeds.unsure_runs.get(task.id, 0) + 1

    def patch(self):
        task = self.random.choice(self.world.tasks)
        deeds = self.world.deeds
        number = deeds.patches_sent.get(task.id, 0) + 1
        deeds.patches_sent[task.id] = number
        answer = self.world.node.try_ask("PATCH", f"/tasks/{task.id}", {"description": str(number)})
        if answer is not None:
            assert answer[0] == 200, answer
            deeds.patches_kept[task.id] = number

    def make(self):
        if self.made < 12:
            self.made += 1
            self.world.make(mix.later_task(self.random, self.made))

    def doom(self):
        """A task whose job would run for long, deleted while it does: rows, jobs and all must go."""
        task = mix.Planned("doomed", overlap="allow", seconds=300, timeout_s=0)
        answer = self.world.node.try_ask("POST", "/tasks", task.body(JOB, self.world.folder, self.world.mark))
        if answer is None:
            return  # never run, so nothing is expected of it
        assert answer[0] == 201, answer
        task.id = answer[1]["id"]
        self.world.node.try_ask("POST", f"/tasks/{task.id}/run", {})
        self.stopping.wait(self.random.choice((0, 0, 0.05, 0.5)))
        self.doomed.append(task.id)
        self.delete(task.id)

    def delete(self, task_id):
        self.world.deeds.deleted.add(task_id)
        answer = self.world.node.try_ask("DELETE", f"/tasks/{task_id}")
        return [] if answer is None or answer[0] in (200, 204, 404) else [f"the deletion of task {task_id} gave {answer}"]

    def cancel(self):
        deeds = self.world.deeds
        if not deeds.runs:
            return
        victim = self.random.choice(deeds.runs[-5:]).execution
        deeds.cancels_asked.add(victim)
        answer = self.world.node.try_ask("POST", f"/executions/{victim}/cancel")
        if answer is not None and answer[0] in (200, 202, 204):
            deeds.cancels_kept.setdefault(victim, uptime())


@dataclasses.dataclass
class Toll:
    """What some worlds went through, and what was wrong with them."""
    strikes: int = 0
    kills: int = 0
    fires: int = 0  # expected ones, by the oracle
    executions: int = 0
    starts: int = 0  # of jobs, by their journals
    statuses: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    wrong: list = dataclasses.field(default_factory=list)

    def add(self, other):
        for field in dataclasses.fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))
        return self

    @property
    def lost(self):
        return sum("LOST FIRE" in wrong for wrong in self.wrong)

    @property
    def doubled(self):
        return sum("DOUBLED FIRE" in wrong or "STARTED TWICE" in wrong for wrong in self.wrong)

    def __str__(self):
        statuses = ", ".join(f"{status} {count}" for status, count in sorted(self.statuses.items()))
        return (f"{self.kills} kills in {self.strikes} strikes, {self.fires} expected fires, {self.executions} executions, "
                f"{self.starts} starts of jobs; lost {self.lost}, doubled {self.doubled}, "
                f"other violations {len(self.wrong) - self.lost - self.doubled}; {statuses}")


def run_world(seed, number, seconds, kills=0):
    world = World(seed, number)
    toll = Toll()
    try:
        world.begin().run(seconds, kills)
        toll.wrong = world.settle()
        records = world.node.all_executions()
        toll.executions = len(records)
        toll.statuses.update(record["status"] for record in records)
    except Exception as failure:
        toll.wrong.append(f"{type(failure).__name__}: {failure}")
    toll.strikes, toll.kills = len(world.strikes), world.kills
    toll.fires = sum(len(oracle.expected_fires(task)[0]) for task in world.tasks if task.paused_at)
    toll.starts = len(world.journal.starts)
    if toll.wrong:
        toll.wrong = [f"{world.node.folder}, world {world.name}: {wrong}" for wrong in toll.wrong]
    world.close(keep=bool(toll.wrong))
    return toll


def run_worlds(seed, count, seconds, kills=0):
    """Side by side on one machine, as several servers may well be. `kills`: of each, at the least."""
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        tolls = list(pool.map(lambda number: run_world(seed, number, seconds, kills), range(count)))
    total = Toll()
    for toll in tolls:
        total.add(toll)
    return total
