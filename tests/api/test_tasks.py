"""Tasks over HTTP."""
import http.client
import time
import uuid


def errors_of(answer):
    return {".".join(error["loc"][1:]): error["msg"] for error in answer["errors"]}


def test_the_smallest_body_makes_a_task_with_the_documented_defaults(server):
    status, headers, task = server.request("POST", "/tasks", {"name": "nightly", "cron": "30 2 * * *", "command": "true"})
    assert status == 201 and headers["Location"] == f"/tasks/{task['id']}"
    assert task["status"] == "ACTIVE" and task["overlap"] == "skip" and task["misfire"] == {"policy": "fire_once", "window_s": 86400}
    assert task["retry"]["max_attempts"] == 1 and task["keep_executions"] == 50
    assert task["next_run_at"].endswith("T02:30:00Z")
    status, found = server.ask("GET", f"/tasks/{task['id']}")
    assert status == 200 and len(found["next_fires"]) == 5 and found["next_fires"][0] == task["next_run_at"]


def test_numbers_are_written_as_people_write_them(server, create, command_line):
    task = create(name="numbers")
    shown = command_line.run("task", "show", task["id"], "--json").stdout
    for path in (f"/tasks/{task['id']}", "/tasks?search=numbers"):
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.request("GET", path, headers={"Authorization": "Bearer " + server.token})
        text = connection.getresponse().read().decode()
        connection.close()
        for answer in (text, shown):
            assert '"jitter":0.2' in answer and '"initial_delay_s":10,' in answer and '"factor":2,' in answer


def test_errors_name_field_and_position(server):
    status, headers, answer = server.request("POST", "/tasks", {"name": "", "cron": "0 25 * * *", "command": "true", "comand": "x"})
    assert status == 422 and headers["Content-Type"].startswith("application/problem+json")
    assert set(errors_of(answer)) == {"name", "cron", "comand"}
    cron = next(error for error in answer["errors"] if error["loc"] == ["body", "cron"])
    assert "25" in cron["msg"] and cron["position"] == 2


def test_unreadable_bodies_are_told_apart(server):
    assert server.request("POST", "/tasks", "{")[0] == 400
    assert server.request("POST", "/tasks", "{}", {"Content-Type": "text/plain"})[0] == 415
    assert server.request("POST", "/tasks", "[]")[0] == 422
    assert server.request("POST", "/tasks", '{"name":"a","name":"b"}')[0] == 400
    assert server.request("POST", "/tasks", b'{"name":"\xff"}')[0] == 400


def test_patch_changes_what_is_given_and_put_resets_what_is_not(server, create):
    task = create(description="old", tags=["a", "b"])
    status, changed = server.ask("PATCH", f"/tasks/{task['id']}", {"description": "new"})
    assert status == 200 and changed["description"] == "new" and changed["tags"] == ["a", "b"]
    status, replaced = server.ask("PUT", f"/tasks/{task['id']}", {"name": "other", "cron": "@daily", "command": "false"})
    assert status == 200 and replaced["tags"] == [] and replaced["name"] == "other"


def test_a_lost_update_is_refused(server, create):
    task = create()
    path = f"/tasks/{task['id']}"
    etag = server.request("GET", path)[1]["ETag"]
    assert server.request("PATCH", path, {"description": "first"}, {"If-Match": etag})[0] == 200
    assert server.request("PATCH", path, {"description": "second"}, {"If-Match": etag})[0] == 412
    assert server.ask("GET", path)[1]["description"] == "first"


def test_a_task_that_has_changed_is_not_deleted_by_who_saw_it_before(server, create):
    task = create()
    path = f"/tasks/{task['id']}"
    seen = server.request("GET", path)[1]["ETag"]
    server.run_to_its_end(task["id"])
    assert server.ask("PATCH", path, {"description": "still needed"})[0] == 200
    for method, where in (("DELETE", path), ("POST", path + "/delete")):
        status, _, answer = server.request(method, where, headers={"If-Match": seen})
        assert status == 412 and "read it again" in answer["detail"], (method, answer)
    assert len(server.ask("GET", path + "/executions")[1]["items"]) == 1
    assert server.request("DELETE", path, headers={"If-Match": server.request("GET", path)[1]["ETag"]})[0] == 204
    assert server.ask("GET", path)[0] == 404


def test_a_task_is_told_anew_though_its_definition_is_the_one_that_was_seen(server, create):
    task = create()
    path = f"/tasks/{task['id']}"
    seen = server.request("GET", path)[1]["ETag"]
    server.ask("POST", path + "/pause")
    status, _, answer = server.request("GET", path, headers={"If-None-Match": seen})
    assert status == 200 and answer["status"] == "PAUSED"


def test_the_list_is_searched_filtered_sorted_and_paged(server, create):
    mark = uuid.uuid4().hex
    for number in range(7):
        create(name=f"{mark} {number}", tags=[mark, "even" if number % 2 == 0 else "odd"])
    create(name="zz by command", command=f"echo {mark}")
    page = server.ask("GET", f"/tasks?search={mark}&sort=name&order=desc&page=2&page_size=3")[1]
    assert page["total"] == 8 and page["page"] == 2 and page["page_size"] == 3
    assert [task["name"] for task in page["items"]] == [f"{mark} {n}" for n in (4, 3, 2)]
    tagged = server.ask("GET", f"/tasks?tag={mark}")[1]
    assert tagged["total"] == 7
    server.ask("POST", f"/tasks/{tagged['items'][0]['id']}/pause")
    assert server.ask("GET", f"/tasks?tag={mark}&status=PAUSED")[1]["total"] == 1
    for bad in ("sort=colour", "page=0", "page_size=501", "status=BUSY", "order=up"):
        assert server.ask("GET", "/tasks?" + bad)[0] == 422, bad


def test_what_is_paused_after_a_failure_is_listed_whatever_else_is_paused(server, create):
    mark = uuid.uuid4().hex
    for name, command in (("ill", "exit 3"), ("well", "true")):
        task = create(name=name, command=command, tags=[mark])
        run = server.ask("POST", f"/tasks/{task['id']}/run", {})[1]["execution_id"]
        server.wait_until(lambda: server.ask("GET", f"/executions/{run}")[1]["status"] in ("FAILED", "SUCCESS"))
        server.ask("POST", f"/tasks/{task['id']}/pause")
    page = server.ask("GET", f"/tasks?attention=paused&tag={mark}&counts=true")[1]
    assert [task["name"] for task in page["items"]] == ["ill"] and page["total"] == 1 and page["counts"] == {"PAUSED": 1}
    assert server.ask("GET", "/tasks?attention=late")[0] == 422


def test_fires_to_come_are_told_by_task(server, create):
    mark = uuid.uuid4().hex
    create(name=f"{mark} dense", cron="*/10 * * * * *", timezone="UTC")
    create(name=f"{mark} rare", cron="30 * * * *", timezone="UTC", tags=[mark])
    window = f"/api/upcoming?from=2030-01-01T00:00:00Z&to=2030-01-01T02:00:00Z&search={mark}"
    answer = server.ask("GET", window + "&fold=60")[1]
    assert answer["task_total"] == 2 and not answer["more_tasks"]
    bands = {task["task_name"].split()[1]: task["bands"] for task in answer["tasks"]}
    assert bands["dense"] == [{"from": "2030-01-01T00:00:00Z", "to": "2030-01-01T01:59:50Z", "count": 720, "every_ms": 10000}]
    assert [band["from"] for band in bands["rare"]] == ["2030-01-01T00:30:00Z", "2030-01-01T01:30:00Z"]
    assert "tasks" not in server.ask("GET", window)[1]
    assert [task["bands"] for task in server.ask("GET", window + f"&fold=60&tag={mark}&limit=1")[1]["tasks"]] == [bands["rare"]]
    for bad in ("fold=7", "fold=x"):
        status, problem = server.ask("GET", f"{window}&{bad}")
        assert status == 422 and "from 8 to" in problem["errors"][0]["msg"], problem


def test_what_fires_at_one_second_is_named_in_the_same_order_each_time(server, create):
    mark = uuid.uuid4().hex
    made = {create(name=f"{mark} {name}", cron=cron, timezone="UTC")["id"]: f"{mark} {name}"
            for name, cron in (("b", "30 0 * * *"), ("d", "30 * * * *"), ("a", "30 0 1 1 *"), ("c", "*/30 * * * *"))}
    crowds = [server.ask("GET", f"/api/upcoming?from=2030-01-01T00:00:00Z&to=2030-01-01T01:00:00Z&search={mark}&counts=true")[1]["counts"]["collisions"]
              for _ in range(3)]
    assert crowds[1:] == crowds[:-1]
    crowd = next(crowd for crowd in crowds[0] if crowd["at"] == "2030-01-01T00:30:00Z")
    assert crowd["count"] == 4 and crowd["names"] == sorted(made.values())
    assert {task["task_id"]: task["task_name"] for task in crowd["tasks"]} == made and [task["task_name"] for task in crowd["tasks"]] == crowd["names"]


def test_fires_to_come_are_told_and_counted_without_some_tasks(server, create):
    mark = uuid.uuid4().hex
    kept, left_out = (create(name=f"{mark} {which}", cron="30 * * * *", timezone="UTC")["id"] for which in ("kept", "left out"))
    window = f"/api/upcoming?from=2030-01-01T00:00:00Z&to=2030-01-01T02:00:00Z&search={mark}&counts=true&fold=60"
    assert server.ask("GET", window)[1]["counts"]["total"] == 4
    answer = server.ask("GET", f"{window}&without=999999999,{left_out}")[1]
    assert answer["counts"]["total"] == 2 and answer["counts"]["collisions"] == []
    assert [hour["count"] for hour in answer["counts"]["by_hour"]] == [1, 1]
    assert {item["task_id"] for item in answer["items"]} == {kept}
    assert [task["task_id"] for task in answer["tasks"]] == [kept] and answer["task_total"] == 1
    soonest = server.ask("GET", f"/api/upcoming?limit=1&without={left_out}")[1]["items"]
    assert len(soonest) == 1 and soonest[0]["task_id"] != left_out
    assert server.ask("GET", window + "&without=")[1]["task_total"] == 2
    for bad, words in (("x", "list of task numbers"), ("1,,2", "list of task numbers"), (",".join(map(str, range(1, 1002))), "more than 1000 items")):
        status, problem = server.ask("GET", f"{window}&without={bad}")
        assert status == 422 and words in problem["errors"][0]["msg"], problem


def test_a_deleted_task_keeps_its_last_name(server, create):
    first, last = create(name="once called so")["id"], create(name="still there")["id"]
    server.ask("PATCH", f"/tasks/{first}", {"name": "called so at last"})
    server.ask("DELETE", f"/tasks/{first}")
    assert server.ask("GET", f"/api/task-names?ids={last},{first},999999999") == (200, {"items": [
        {"id": last, "name": "still there", "exists": True},
        {"id": first, "name": "called so at last", "exists": False},
        {"id": 999999999, "name": None, "exists": False},
    ]})
    assert server.ask("GET", "/api/task-names") == (200, {"items": []})
    assert server.ask("GET", "/api/task-names?ids=1;2")[0] == 422


def test_pause_resume_toggle(server, create):
    task = create()
    path = f"/tasks/{task['id']}"
    paused = server.ask("POST", path + "/pause")[1]
    assert paused["status"] == "PAUSED" and paused["next_run_at"] is None
    assert server.ask("POST", path + "/toggle")[1]["status"] == "ACTIVE"
    assert server.ask("POST", path + "/toggle")[1]["status"] == "PAUSED"
    assert server.ask("POST", path + "/resume")[1]["next_run_at"] is not None


def test_deleting_takes_the_executions_along(server, create):
    task = create()
    execution = server.run_to_its_end(task["id"])
    assert server.ask("DELETE", f"/tasks/{task['id']}")[0] == 204
    assert server.ask("GET", f"/tasks/{task['id']}")[0] == 404
    assert server.ask("GET", f"/executions/{execution['id']}")[0] == 404
    second = create()
    assert server.ask("POST", f"/tasks/{second['id']}/delete")[0] == 204


def test_update_and_both_execution_paths_serve_clients_without_the_verbs(server, create):
    task = create()
    assert server.ask("POST", f"/tasks/{task['id']}/update", {"description": "x"})[1]["description"] == "x"
    execution = server.run_to_its_end(task["id"])
    assert server.ask("GET", f"/api/executions/{execution['id']}")[1]["id"] == execution["id"]


def test_bulk_tells_of_each_id_and_one_bad_id_spoils_nothing(server, create):
    ids = [create()["id"] for _ in range(3)]
    status, answer = server.ask("POST", "/tasks/bulk/pause", {"ids": [*ids, 999999]})
    assert status == 200 and answer["done"] == 3 and answer["failed"] == 1
    assert [row["status"] for row in answer["results"]] == ["done"] * 3 + ["error"]
    rows = server.ask("POST", "/tasks/bulk/resume", {"ids": ["no-such", ids[0]]})[1]["results"]
    assert [(row["id"], row["status"]) for row in rows] == [("no-such", "error"), (ids[0], "done")]
    assert "'no-such'" in rows[0]["error"]
    server.ask("POST", "/tasks/bulk/pause", {"ids": ids[:1]})
    run = server.ask("POST", "/tasks/bulk/force_run", {"ids": ids})[1]
    for row in run["results"]:
        assert server.wait_for_end(row["execution_id"])["status"] == "SUCCESS"
    assert server.ask("POST", "/tasks/bulk/resume", {"filter": {"status": "PAUSED"}})[1]["failed"] == 0
    assert server.ask("POST", "/tasks/bulk/delete", {"ids": ids})[1]["done"] == 3
    assert server.ask("POST", "/tasks/bulk/delete", {})[0] == 422


def test_revisions_are_kept_and_restored(server, create):
    task = create(command="echo one")
    path = f"/tasks/{task['id']}"
    server.ask("PATCH", path, {"command": "echo two"})
    revisions = server.ask("GET", path + "/revisions")[1]["items"]
    assert [revision["revision"] for revision in revisions] == [2, 1] and revisions[0]["changed_by"] == "admin"
    status, restored = server.ask("POST", path + "/revisions/1/restore")
    assert status == 200 and restored["command"] == "echo one" and restored["revision"] == 3


def test_why_explains_a_run_and_a_time_that_is_no_fire(server, create):
    task = create(cron="* * * * * *")
    item = server.wait_until(lambda: server.ask("GET", f"/tasks/{task['id']}/executions?status=SUCCESS")[1]["items"])[0]
    server.ask("POST", f"/tasks/{task['id']}/pause")
    answer = server.ask("GET", f"/tasks/{task['id']}/why?at={item['scheduled_at']}")[1]
    assert answer["execution"]["id"] == item["id"], answer
    status, never = server.ask("GET", f"/tasks/{task['id']}/why?at=2001-01-01T00:00:00Z")
    assert status == 200 and never["verdict"] == "before_creation", never


def test_cleanup_keeps_as_many_as_it_is_told(server, create):
    task = create()
    for _ in range(4):
        server.run_to_its_end(task["id"])
    assert server.ask("POST", f"/tasks/{task['id']}/cleanup", {"keep": 1})[1] == {"deleted": 3}
    assert len(server.ask("GET", f"/tasks/{task['id']}/executions")[1]["items"]) == 1


def test_backfill_runs_the_fires_of_a_past_window(server, create):
    task = create(cron="0 * * * *", overlap="queue_all")
    status, answer = server.ask("POST", f"/tasks/{task['id']}/backfill", {"from": "2026-01-01T00:00:00Z", "to": "2026-01-01T03:00:00Z"})
    assert status == 202, answer

    def all_done():
        items = server.ask("GET", f"/tasks/{task['id']}/executions?trigger=backfill")[1]["items"]
        return items if items and all(item["status"] == "SUCCESS" for item in items) else None
    items = server.wait_until(all_done)
    assert len(items) in (3, 4) and items[-1]["scheduled_at"] == "2026-01-01T00:00:00Z"


def test_next_fires_and_words_of_a_schedule(server):
    status, answer = server.ask("GET", "/api/cron/next?cron=0%209%20*%20*%201-5&tz=Asia/Shanghai&count=2&from=2026-01-01T00:00:00Z")
    assert status == 200 and answer["next"] == ["2026-01-01T01:00:00Z", "2026-01-02T01:00:00Z"]
    assert server.ask("GET", "/api/cron/next?cron=0%2025%20*%20*%20*")[0] == 422


def test_an_edit_never_fires_the_past_of_the_new_schedule(server, create):
    task = create(cron="0 0 1 1 *")
    server.ask("PATCH", f"/tasks/{task['id']}", {"cron": "0 0 1 1 *", "description": "x"})
    past = time.gmtime(time.time() - 120)
    server.ask("PATCH", f"/tasks/{task['id']}", {"cron": f"{past.tm_min} {past.tm_hour} * * *"})
    assert server.ask("GET", f"/tasks/{task['id']}/executions")[1]["items"] == []
    assert server.ask("GET", f"/tasks/{task['id']}")[1]["next_run_at"] > time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
