"""A world in which the server's processes die at named points of their work: those at which src/ calls kill_point. Only the
program of the test build can do that (armed_kill_point.cpp)."""
import os
import pathlib
import random
import re
import shutil
import time

import harness
import mix
from node import ROOT, uptime

ARMED = os.environ.get("SCHEDULER_ARMED", str(pathlib.Path(harness.BINARY).parent / "tests/crash/mini-scheduler-armed"))
REACHED_WITHIN_S = 60
NUDGE_EACH_S = 3
CALL = re.compile(r"\bkill_point\(([^;{]*)\);")


def named_points():
    """Every name in the source."""
    names = []
    for path in sorted((ROOT / "src").rglob("*.cpp")):
        for call in CALL.findall(path.read_text()):
            names += re.findall(r'"([^"]+)"', call)
    assert len(names) == len(set(names)), "a name stands twice"
    return names


def arm(folder, point, passing):
    """From now on the first process that passes the point for that time kills itself."""
    fresh = pathlib.Path(folder, "kill_point.fresh")
    fresh.write_text(f"{point} {passing} {time.monotonic_ns()}")
    fresh.rename(pathlib.Path(folder, "kill_point"))


def taken(folder):
    """The process that died and the wall time at which it did; None while none has."""
    for path in pathlib.Path(folder).glob("kill_point.passed.*"):
        pid, at = int(path.name.rsplit(".", 1)[1]), path.stat().st_ctime
        path.unlink()
        return pid, at
    return None


class PointWorld(harness.World):
    def __init__(self, seed, number):
        super().__init__(seed, number, ARMED)
        with open(self.node.folder + "/config.toml", "a") as config:
            config.write("[output]\nmax_bytes = 65536\n")
        self.data = self.node.folder + "/data"
        self.reached = []
        self.down_since = None  # serve was killed to lead to a point

    def begin(self):
        super().begin()
        self.make(mix.Planned("floods", 2, overlap="allow", seconds=0.05, loud=False, floods=30_000))
        # its records go, so it is deleted before all is counted; its output is more than a record holds, so it makes files
        status, task = self.node.ask("POST", "/tasks", {"name": "trimmed", "cron": mix.NEVER, "command": "seq 1 5000"})
        assert status == 201, task
        self.trimmed = task["id"]
        self.client.doomed.append(self.trimmed)
        self.deeds.deleted.add(self.trimmed)
        return self

    def settle(self):
        """What the deaths left is trimmed first, rows and files."""
        self.node.wait_ready()
        status, answer = self.node.ask("POST", f"/tasks/{self.trimmed}/cleanup", {"keep": 0})
        assert status == 200, answer
        return super().settle()

    def die_at_each(self, points):
        self.client.start()
        try:
            for point in points:
                self.die_at(point)
                self.wrong += self.stuck()
                self.client.check()
        finally:
            self.client.stop()
        self.client.check()
        return self

    def die_at(self, point):
        rare = point in self.NUDGES or point.startswith("deletion.")
        arm(self.data, point, 1 if rare else self.random.randint(1, 4))
        armed = nudged = time.monotonic()
        if point in self.NUDGES:
            self.NUDGES[point](self)
        while (death := taken(self.data)) is None:
            now = time.monotonic()
            assert now - armed < REACHED_WITHIN_S, f"{point} is never reached"
            if point in self.NUDGES and now - nudged > NUDGE_EACH_S:
                nudged = now
                self.NUDGES[point](self)
            time.sleep(0.005)
        self.strikes.append(point)
        self.kills += 1
        self.reached.append(point)
        self.mourn(*death)

    def mourn(self, pid, at):
        down_since, self.down_since = self.down_since, None
        if pid == self.node.process.pid:
            down_since = down_since or at
            self.node.process.wait(30)
            time.sleep(self.random.choice((0, 0, 0.3)))
            self.node.launch()
        else:
            died = at - time.time() + uptime()
            self.deeds.runner_killed.append((died - 0.01, died + 0.01))
        self.node.wait_ready()
        if down_since:
            self.deeds.serve_down.append((down_since, time.time()))

    # -- what leads to a point that nothing else leads to ---------------------------------------------------------------

    def restart(self):
        if self.node.process.poll() is not None:
            return  # the point was reached just now
        began = self.kill_serve()
        self.down_since = self.down_since or began
        self.node.launch()

    def change_program(self):
        """The runner is asked to go on as another program."""
        self.node.binary = shutil.copy(ARMED, f"{self.node.folder}/armed.{len(self.strikes)}.{time.monotonic_ns()}")
        self.restart()

    def trim(self):
        for _ in range(3):
            self.node.try_ask("POST", f"/tasks/{self.trimmed}/run", {"force": True})
        self.node.try_ask("POST", f"/tasks/{self.trimmed}/cleanup", {"keep": 0})

    def write_much(self):
        for number in range(600):
            if os.path.exists(self.data + "/kill_point"):
                self.node.try_ask("PATCH", f"/tasks/{self.trimmed}", {"stdin": f"{number} " + "x" * 16_000})

    NUDGES = {
        "snapshot.compared": restart, "snapshot.booked": restart,
        "handover.before_exec": change_program,
        "runner.launched": harness.World.kill_runner, "journal.rewritten": harness.World.kill_runner,
        "retention.output_removed": trim, "retention.booked": trim,
        "store.before_checkpoint": write_much,
    }


def run_points(seed, number, points):
    """The toll of one world, and the points that were reached, in turn."""
    world = PointWorld(seed, number)
    toll = harness.Toll()
    try:
        world.begin().die_at_each(points)
        toll.wrong = world.settle()
        toll.executions = len(world.node.all_executions())
    except Exception as failure:
        toll.wrong.append(f"{type(failure).__name__}: {failure}")
    toll.strikes, toll.kills = len(world.strikes), world.kills
    toll.fires = sum(len(harness.oracle.expected_fires(task)[0]) for task in world.tasks if task.paused_at)
    toll.starts = len(world.journal.starts)
    toll.wrong = [f"{world.node.folder}, world {world.name}, {', '.join(world.reached[-3:])}: {wrong}" for wrong in toll.wrong]
    world.close(keep=bool(toll.wrong))
    return toll, world.reached


def deal(points, times, worlds, seed):
    """Each point `times` times, in an order that the seed gives, over the worlds."""
    cards = points * times
    random.Random(seed).shuffle(cards)
    return [cards[number::worlds] for number in range(worlds)]
