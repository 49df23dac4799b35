"""What a run that was admitted waits for: its task says PENDING, and why."""
import pytest

from conftest import BINARY
from server import Server

LIMITS = "[pools]\nsmall = 1\n[scheduler]\nmax_running = 2\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    config = tmp_path_factory.mktemp("config") / "limits.toml"
    config.write_text(LIMITS)
    instance = Server(BINARY, arguments=["--config", config]).start()
    yield instance
    instance.close()


@pytest.fixture
def start(server, create):
    """Makes a task and runs it: gives (task id, execution id). What is still open at the end is ended."""
    opened = []

    def begin(**body):
        task = create(**{"command": "sleep 600", **body})["id"]
        opened.append(task)
        return task, run(server, task)
    yield begin
    for task in opened:
        server.ask("DELETE", f"/tasks/{task}")


def run(server, task):
    status, answer = server.ask("POST", f"/tasks/{task}/run", {})
    assert status == 202, answer
    return answer["execution_id"]


def shown(server, task):
    """The status of the task as each view of it tells it, which must be one."""
    one = server.ask("GET", f"/tasks/{task}")[1]["status"]
    page = server.ask("GET", f"/tasks?status={one}&page_size=500")[1]
    assert task in [item["id"] for item in page["items"]] and {item["status"] for item in page["items"]} == {one}
    assert server.ask("GET", "/api/stats?days=1")[1]["tasks"][one] == page["total"]
    return one


def execution(server, id):
    return server.ask("GET", f"/executions/{id}")[1]


def runs(server, id):
    server.wait_until(lambda: execution(server, id)["status"] == "RUNNING")


def test_a_task_that_waits_for_its_pool_is_pending_and_says_so(server, start):
    holder, holding = start(name="holder", pool="small")
    runs(server, holding)
    task, waiting = start(name="held", pool="small")
    assert shown(server, task) == "PENDING" and shown(server, holder) == "RUNNING"
    reason = "waits for a place in pool 'small' (limit 1)"
    assert execution(server, waiting)["reason"] == reason
    assert server.ask("GET", f"/tasks/{task}/executions")[1]["items"][0]["reason"] == reason
    found = server.ask("GET", f"/tasks/{task}")[1]
    assert (found["running"], found["queued"]) == (0, 1)
    server.ask("POST", f"/executions/{holding}/cancel")
    runs(server, waiting)
    assert shown(server, task) == "RUNNING" and execution(server, waiting)["reason"] is None


def test_a_task_that_waits_for_a_slot_is_pending_and_says_so(server, start):
    busy = [start(name=f"busy {number}") for number in range(2)]
    for _, id in busy:
        runs(server, id)
    task, waiting = start(name="third")
    assert shown(server, task) == "PENDING"
    assert execution(server, waiting)["reason"] == "waits for a slot: 2 of 2 are taken (scheduler.max_running)"
    server.ask("POST", f"/executions/{busy[0][1]}/cancel")
    runs(server, waiting)
    assert shown(server, task) == "RUNNING" and execution(server, waiting)["reason"] is None


def test_why_says_what_a_fire_waits_for(server, start):
    _, holding = start(name="holder", pool="small")
    runs(server, holding)
    task, _ = start(name="every second", pool="small", cron="* * * * * *", overlap="allow", command="true")
    fires = lambda: [item for item in server.ask("GET", f"/tasks/{task}/executions")[1]["items"] if item["trigger"] == "schedule"]
    server.wait_until(fires)
    answer = server.ask("GET", f"/tasks/{task}/why?at={fires()[-1]['scheduled_at']}")[1]
    assert answer["verdict"] == "waiting"
    assert answer["answer"].endswith(": waits for a place in pool 'small' (limit 1)")


def test_what_a_chain_started_keeps_its_reason_beside_what_it_waits_for(server, start, create):
    _, holding = start(name="holder", pool="small")
    runs(server, holding)
    follower = create(name="follower", pool="small")["id"]
    _, first = start(name="first", command="true", on_success=[follower])
    items = lambda: server.ask("GET", f"/tasks/{follower}/executions")[1]["items"]
    server.wait_until(items)
    assert items()[0]["reason"] == f"after execution {first}; waits for a place in pool 'small' (limit 1)"
    server.ask("POST", f"/executions/{holding}/cancel")
    server.wait_until(lambda: items()[0]["status"] == "SUCCESS")
    assert items()[0]["reason"] == f"after execution {first}"
