"""Chains of both kinds, and runs that wait too long, over HTTP."""


def executions(server, task_id, count):
    def found():
        items = server.ask("GET", f"/tasks/{task_id}/executions?limit=50")[1]["items"]
        ended = [item for item in items if item["status"] not in ("PENDING", "RUNNING")]
        return ended if len(ended) >= count else None
    return server.wait_until(found)


def test_a_task_runs_after_all_of_its_upstreams_and_is_told_which(server, create):
    first, second = create(name="first"), create(name="second")
    both = create(name="both", command="echo $MINI_SCHEDULER_UPSTREAM_EXECUTION_ID $MINI_SCHEDULER_UPSTREAM_EXECUTION_IDS",
                  after={"tasks": [first["id"], second["id"]]})
    a = server.run_to_its_end(first["id"])
    assert server.ask("GET", f"/tasks/{both['id']}/executions")[1]["items"] == []
    b = server.run_to_its_end(second["id"])
    run = executions(server, both["id"], 1)[0]
    assert run["trigger"] == "chain" and run["triggered_by"] == f"task {second['id']}"
    detail = server.ask("GET", f"/executions/{run['id']}")[1]
    assert detail["stdout"].split() == [str(b["id"]), f"{a['id']},{b['id']}"]
    assert detail["upstream_execution_id"] == b["id"]


def test_what_an_end_started_is_listed(server, create):
    first = create(name="first")
    followers = [create(name=name, after={"tasks": [first["id"]]}) for name in ("left", "right")]
    ended = server.run_to_its_end(first["id"])
    for task in followers:
        executions(server, task["id"], 1)
    found = server.ask("GET", f"/executions?started_by={ended['id']}")[1]["items"]
    assert {run["task_id"] for run in found} == {task["id"] for task in followers}
    # run again by hand, it is the user's
    again = server.ask("POST", f"/executions/{found[0]['id']}/retry")[1]["execution_id"]
    assert server.wait_for_end(again)["upstream_execution_id"] is None
    assert len(server.ask("GET", f"/executions?started_by={ended['id']}")[1]["items"]) == 2
    assert server.ask("GET", f"/executions?started_by={found[0]['id']}")[1]["items"] == []
    status, problem = server.ask("GET", "/executions?started_by=me")
    assert status == 422 and problem["errors"][0]["loc"][-1] == "started_by"


def test_a_task_runs_after_any_failure(server, create):
    first, second = create(name="first", command="false"), create(name="second")
    alarm = create(name="alarm", after={"tasks": [first["id"], second["id"]], "need": "any", "on": "failure"}, overlap="allow")
    server.run_to_its_end(second["id"])
    server.run_to_its_end(first["id"])
    assert [run["triggered_by"] for run in executions(server, alarm["id"], 1)] == [f"task {first['id']}"]


def test_a_deleted_task_is_waited_for_no_longer(server, create):
    first, second = create(name="first"), create(name="second")
    both = create(name="both", after={"tasks": [first["id"], second["id"]]})
    end = server.run_to_its_end(first["id"])
    assert server.ask("DELETE", f"/tasks/{second['id']}")[0] == 204
    run = executions(server, both["id"], 1)[0]
    assert run["trigger"] == "chain" and run["reason"] == f"after execution {end['id']}"
    assert server.ask("PATCH", f"/tasks/{both['id']}", {"description": "still to be edited"})[0] == 200


def test_an_edit_of_what_is_waited_for_starts_nothing_until_the_next_end(server, create):
    first, second = create(name="first"), create(name="second")
    both = create(name="both", after={"tasks": [first["id"], second["id"]]})
    server.run_to_its_end(first["id"])
    status, saved = server.ask("PATCH", f"/tasks/{both['id']}", {"after": {"tasks": [first["id"]]}})
    assert status == 200 and saved["after"]["tasks"] == [first["id"]]
    end = server.run_to_its_end(first["id"])
    runs = executions(server, both["id"], 1)
    assert [run["reason"] for run in runs] == [f"after execution {end['id']}"], "one run, and not by the edit"


def test_what_came_by_another_rule_counts_only_where_it_does_by_the_new_one(server, create):
    first, second = create(name="first"), create(name="second", command="false")
    upstreams = {"tasks": [first["id"], second["id"]]}
    alarm, either = (create(name=name, command="echo $MINI_SCHEDULER_UPSTREAM_EXECUTION_IDS", after=upstreams) for name in ("alarm", "either"))
    success = server.run_to_its_end(first["id"])
    for task, on in ((alarm, "failure"), (either, "any")):
        assert server.ask("PATCH", f"/tasks/{task['id']}", {"after": {**upstreams, "on": on}})[0] == 200
    failure = server.run_to_its_end(second["id"])
    run = executions(server, either["id"], 1)[0]
    assert server.ask("GET", f"/executions/{run['id']}")[1]["stdout"].strip() == f"{success['id']},{failure['id']}"
    assert server.ask("PATCH", f"/tasks/{first['id']}", {"command": "false"})[0] == 200
    again = server.run_to_its_end(first["id"])
    runs = executions(server, alarm["id"], 1)
    assert [run["reason"] for run in runs] == [f"after execution {again['id']}"], "a success is no failure"


def test_what_came_before_any_end_was_enough_is_used_up(server, create):
    first, second = create(name="first"), create(name="second")
    upstreams = {"tasks": [first["id"], second["id"]]}
    both = create(name="both", after=upstreams)
    server.run_to_its_end(first["id"])
    for need in ("any", "all"):
        assert server.ask("PATCH", f"/tasks/{both['id']}", {"after": {**upstreams, "need": need}})[0] == 200
    server.run_to_its_end(second["id"])
    end = server.run_to_its_end(first["id"])
    assert [run["reason"] for run in executions(server, both["id"], 1)] == [f"after execution {end['id']}"]


def test_a_loop_is_refused_when_it_is_saved(server, create):
    first = create(name="first")
    second = create(name="second", after={"tasks": [first["id"]]})
    status, problem = server.ask("PATCH", f"/tasks/{first['id']}", {"after": {"tasks": [second["id"]]}})
    assert status == 422 and problem["errors"][0]["loc"] == ["body", "after"]
    assert "loop" in problem["errors"][0]["msg"]


def test_what_waits_longer_than_its_start_deadline_is_skipped(server, create):
    task = create(name="slow", command="sleep 30", overlap="queue", start_deadline_s=1)
    running = server.ask("POST", f"/tasks/{task['id']}/run", {})[1]["execution_id"]
    waiting = server.ask("POST", f"/tasks/{task['id']}/run", {})[1]["execution_id"]
    ended = server.wait_for_end(waiting)
    assert ended["status"] == "SKIPPED" and "start deadline" in ended["reason"] and ended["started_at"] is None
    assert server.ask("GET", f"/executions/{running}")[1]["status"] in ("PENDING", "RUNNING")
    server.ask("POST", f"/executions/{running}/cancel")
