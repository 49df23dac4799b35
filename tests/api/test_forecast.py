"""What /api/simulate foretells is what then happens: short jobs of known length, fired each second."""
import datetime
import functools

import pytest

from conftest import BINARY, CommandLine
from server import Server

NEVER = "0 0 1 1 *"
TOLERANCE_S = 0.4  # of a begin; what is told apart lies further apart


class Late(AssertionError):
    """A job began at another time than was foretold."""


def again_where_late(test):
    """A busy machine begins late now and then; what is foretold wrongly is wrong each time."""
    @functools.wraps(test)
    def tried(*arguments, **names):
        for _ in range(2):
            try:
                return test(*arguments, **names)
            except Late:
                pass
        return test(*arguments, **names)
    return tried


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Window:
    """Some whole seconds that begin soon, and what was foretold of them."""

    def __init__(self, server):
        self.server = server
        now = datetime.datetime.now(datetime.timezone.utc)
        self.first = now.replace(microsecond=0) + datetime.timedelta(seconds=4)
        self.told = None

    def after(self, seconds):
        return self.first + datetime.timedelta(seconds=seconds)

    def fire(self, task, count):
        ends_at = self.after(count - 1)
        status, answer = self.server.ask("PATCH", f"/tasks/{task}", {
            "cron": "* * * * * *", "starts_at": self.first.isoformat(), "ends_at": ends_at.isoformat()})
        assert status == 200, answer

    def foretell(self):
        status, self.told = self.server.ask("GET", "/api/simulate?days=1&limit=1000")
        assert status == 200, self.told
        assert datetime.datetime.now(datetime.timezone.utc) < self.first, "it is to be told before it happens"

    def foretold(self, task):
        return [item for item in self.told["items"] if item["task_id"] == task]

    def happened(self, task, count):
        """The records of the fires, oldest first, once none is open; one that stands for several as often."""
        def settled():
            items = self.server.ask("GET", f"/tasks/{task}/executions?trigger=schedule&limit=100")[1]["items"]
            closed = [item for item in items if item["status"] not in ("PENDING", "RUNNING")]
            return items if len(closed) == len(items) and sum(item["count"] for item in items) >= count else None
        records = sorted(self.server.wait_until(settled), key=lambda record: record["scheduled_at"])
        return [record for record in records for _ in range(record["count"])]

    def holds(self, task):
        """Compares fire by fire, and gives what was foretold of each."""
        told = self.foretold(task)
        happened = self.happened(task, len(told))
        assert len(happened) == len(told)
        for item, record in zip(told, happened):
            what = (item, record)
            if item["outcome"] == "skipped":
                start = {"overlap": "overlap policy", "start_deadline": "start deadline"}[item["because"]]
                assert record["status"] == "SKIPPED" and record["reason"].startswith(start), what
                continue
            assert (record["status"] == "CANCELLED") == item["cancelled"], what
            begin = instant(record["started_at"])
            if abs((begin - instant(item["expected_start_at"])).total_seconds()) >= TOLERANCE_S:
                raise Late(what)
            if item["outcome"] == "runs" and record["late_ms"] >= TOLERANCE_S * 1000:
                raise Late(what)
        return [(item["outcome"], item["because"], item["waiting"]) for item in told]


@pytest.fixture
def serve(tmp_path):
    """Starts a server with room for so many, and a pool for one."""
    servers = []

    def begin(max_running):
        config = tmp_path / "config.toml"
        config.write_text(f"[pools]\nsmall = 1\n[scheduler]\nmax_running = {max_running}\n")
        servers.append(Server(BINARY, arguments=["--config", str(config)]).start())
        return servers[-1]
    yield begin
    for one in servers:
        one.close()


def make(server, **body):
    """A task that has run once, so that its length is known."""
    status, task = server.ask("POST", "/tasks", {"cron": NEVER, **body})
    assert status == 201, task
    server.run_to_its_end(task["id"])
    return task["id"]


def tallies(told):
    return {(row["task_name"], row["outcome"], row["because"]): row["count"] for row in told["by_task"]}


@again_where_late
def test_what_the_only_slot_holds_back_until_its_deadline_is_skipped(serve):
    server = serve(1)
    long = make(server, name="long", command="sleep 2.4")
    often = make(server, name="often", command="sleep 0.1", overlap="queue_all", start_deadline_s=2)
    window = Window(server)
    window.fire(long, 1)
    window.fire(often, 4)
    window.foretell()
    assert window.holds(long) == [("runs", "none", "none")]
    assert window.holds(often) == [
        ("skipped", "start_deadline", "slot"), ("waits", "overlap", "overlap"),
        ("waits", "overlap", "overlap"), ("runs", "none", "none")]
    assert tallies(window.told) == {("often", "waits", "overlap"): 2, ("often", "skipped", "start_deadline"): 1}
    assert window.told["node"]["limit"] == 1 and window.told["node"]["waits"] == 2
    assert window.told["most_at_once"]["count"] == 1


@again_where_late
def test_a_full_pool_a_cancelled_run_and_a_skipped_fire_come_as_foretold(serve):
    server = serve(2)
    again = make(server, name="again", command="sleep 1.5", overlap="cancel_running", pool="small")
    behind = make(server, name="behind", command="sleep 0.1", pool="small")
    beside = make(server, name="beside", command="sleep 1.5")
    window = Window(server)
    window.fire(again, 3)
    window.fire(behind, 1)
    window.fire(beside, 4)
    window.foretell()
    assert window.holds(again) == [
        ("runs", "none", "none"), ("cancels", "overlap", "none"), ("cancels", "overlap", "none")]
    assert window.holds(behind) == [("waits", "pool", "pool")]
    assert instant(window.foretold(behind)[0]["expected_start_at"]) > window.after(3), "the task's own next goes first"
    assert window.holds(beside) == [("runs", "none", "none"), ("skipped", "overlap", "none")] * 2
    assert tallies(window.told) == {
        ("again", "cancels", "overlap"): 2, ("again", "cancelled", "overlap"): 2, ("behind", "waits", "pool"): 1,
        ("beside", "skipped", "overlap"): 2}


@again_where_late
def test_what_had_to_be_tried_again_is_foretold_with_its_delay(serve):
    server = serve(2)
    failing = make(server, name="failing", command="exit 1", retry={"max_attempts": 2, "initial_delay_s": 1.5, "jitter": 0})
    window = Window(server)
    window.fire(failing, 4)
    window.foretell()
    assert 1500 <= window.foretold(failing)[0]["expected_ms"] < 1900
    assert window.holds(failing) == [("runs", "none", "none"), ("skipped", "overlap", "none")] * 2


@again_where_late
def test_the_command_tells_what_does_not_simply_run(serve):
    server = serve(1)
    for name in ("one", "two"):
        task = make(server, name=name, command="sleep 1.1", start_deadline_s=1)
        assert server.ask("PATCH", f"/tasks/{task}", {"cron": "0 0 * * *"})[0] == 200
    shown = CommandLine(server).run("simulate", "--days", "2").stdout
    assert "Fires that do not simply run" in shown and "start deadline" in shown
    assert "skipped (start deadline)" in shown and "(this node)" in shown
