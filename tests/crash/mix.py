"""The tasks of a world: every overlap and misfire policy, jobs of 5 ms to 3 s, some that fail, some by hand only."""
import dataclasses

ALL = 1_000_000  # of keep_executions: nothing is deleted, so that everything can be counted
NEVER = "0 0 1 1 *"
POOLS = {"narrow": 2}  # executions of a pool at once


@dataclasses.dataclass
class Planned:
    """A task as the oracle knows it: what was asked for and when, nothing that the server answered but the id."""
    name: str
    step_s: int = 0  # a fire each step_s seconds of UTC; 0: by hand only
    overlap: str = "skip"
    misfire: str = "fire_once"
    seconds: float = 0
    code: str = "0"
    loud: bool = True
    attempts: int = 1
    rerun_lost: bool = False
    timeout_s: int = 60
    lives_s: int = 0  # ends_at lies so long after its creation; 0: none
    pool: str = ""
    then: str = ""  # name of the task that follows each success
    floods: int = 0  # lines of output before the job
    id: int = 0
    asked_at: float = 0  # wall time before and after the request that made it
    made_at: float = 0
    ends_at: int = 0
    pausing_at: float = 0  # wall time before and after the request that paused it
    paused_at: float = 0

    def body(self, job, folder, world, ends_at=None, then=None):
        return {
            "name": self.name,
            "cron": f"*/{self.step_s} * * * * *" if self.step_s else NEVER,
            "command": (f"seq {self.floods}; " if self.floods else "")
            + f"exec /bin/sh {job} {folder} {self.seconds:g} {self.code} {int(self.loud)}",
            "env": {"CRASH_WORLD": world},
            "overlap": self.overlap,
            "misfire": {"policy": self.misfire},
            "retry": {"max_attempts": self.attempts, "initial_delay_s": 0.2, "factor": 1, "jitter": 0},
            "rerun_lost": self.rerun_lost,
            "timeout_s": self.timeout_s,
            "kill_grace_s": 1,
            "pool": self.pool,
            "on_success": [then] if then else [],
            "keep_executions": ALL,
            "keep_failed": ALL,
            **({"ends_at": ends_at} if ends_at else {}),
        }


def first_tasks(random):
    """What a world begins with. Durations differ from seed to seed."""
    def some(low, high):
        return round(random.uniform(low, high), 3)
    tasks = [
        Planned("skip short", 1, seconds=0.005),
        Planned("skip long", 1, seconds=some(1.2, 3)),
        Planned("skip, quiet", 2, seconds=some(0.3, 1.9), loud=False),
        Planned("queue", 1, "queue", seconds=some(0.4, 1.8)),
        Planned("queue, misfire skip", 2, "queue", "skip", seconds=some(0.5, 2.5), loud=False),
        Planned("queue_all, fire_all", 2, "queue_all", "fire_all", seconds=some(0.01, 0.4)),
        Planned("allow", 1, "allow", seconds=some(0.2, 3)),
        Planned("allow, fire_all", 3, "allow", "fire_all", seconds=some(0.2, 1)),
        Planned("cancel_running", 2, "cancel_running", seconds=some(1.5, 2.5)),
        Planned("fails", 2, seconds=some(0, 0.3), code="3", attempts=3),
        Planned("flaky", 2, "queue", seconds=some(0, 0.5), code="flaky:2", attempts=3),
        Planned("rerun_lost", 2, seconds=some(0.3, 1.5), attempts=4, rerun_lost=True),
        Planned("timeout", 5, seconds=3, timeout_s=1),
        Planned("misfire skip", 1, misfire="skip", seconds=some(0.005, 0.2)),
        Planned("ends soon", 1, misfire="fire_all", overlap="queue", seconds=0.01, lives_s=random.randint(8, 20)),
        Planned("pool, short", 1, "allow", seconds=some(0.01, 0.3), pool="narrow"),
        Planned("pool, long", 3, "allow", seconds=some(0.5, 1.5), pool="narrow"),
        Planned("pool, fire_all", 2, "queue_all", "fire_all", seconds=some(0.05, 0.5), pool="narrow"),
        Planned("upstream", 2, "queue", seconds=some(0.005, 0.5), then="downstream"),
        Planned("downstream", overlap="queue_all", seconds=some(0.005, 0.2)),
        Planned("by hand", overlap="skip", seconds=some(0.1, 1)),
        Planned("by hand, queue", overlap="queue", seconds=some(0.1, 0.6)),
        Planned("by hand, allow", overlap="allow", seconds=some(0, 2), loud=False),
    ]
    random.shuffle(tasks)
    return sorted(tasks, key=lambda task: bool(task.then))  # what follows must be there first


def later_task(random, number):
    """One that is made while the killing goes on."""
    return Planned(f"later {number}", random.choice((1, 2, 3, 5)), random.choice(("skip", "queue", "queue_all", "allow")),
                   random.choice(("fire_once", "fire_all", "skip")), seconds=round(random.uniform(0, 0.4), 3),
                   lives_s=random.randint(5, 20))
