"""Executions over HTTP: real child processes."""
import datetime
import http.client
import json
import re
import threading
import time

import pytest


def test_success_keeps_output_exit_code_and_figures(server, create):
    task = create(command="echo out; echo err >&2")
    execution = server.run_to_its_end(task["id"])
    assert execution["status"] == "SUCCESS" and execution["exit_code"] == 0 and execution["signal"] is None
    assert execution["stdout"] == "out\n" and execution["stderr"] == "err\n" and execution["output_bytes"] == 8
    assert execution["max_rss_bytes"] > 0 and execution["cpu_ms"] >= 0 and execution["duration_ms"] >= 0
    assert execution["trigger"] == "manual" and execution["triggered_by"] == "admin" and execution["scheduled_at"] is None
    assert len(execution["attempts"]) == 1


def test_an_execution_is_told_without_its_output_when_that_is_not_wanted(server, create):
    task = create(command="echo out; echo err >&2")
    whole = server.run_to_its_end(task["id"])
    path = f"/executions/{whole['id']}?output="
    bare = server.ask("GET", path + "none")[1]
    assert {key: value for key, value in whole.items() if key not in ("stdout", "stderr")} == bare
    assert server.ask("GET", path + "ends")[1] == whole
    status, problem = server.ask("GET", path + "some")
    assert status == 422 and problem["errors"][0]["loc"] == ["query", "output"]


def test_failure_signal_and_a_start_that_fails_are_told_apart(server, create):
    failed = server.run_to_its_end(create(command="exit 3")["id"])
    assert (failed["status"], failed["exit_code"]) == ("FAILED", 3)
    killed = server.run_to_its_end(create(command="kill -SEGV $$")["id"])
    assert (killed["status"], killed["signal"]) == ("FAILED", 11)
    absent = server.run_to_its_end(create(command="/no/such/program")["id"])
    assert absent["status"] == "FAILED" and absent["exit_code"] is None
    assert "spawn failed" in absent["error"] and "No such file" in absent["error"]
    astray = server.run_to_its_end(create(command="true", working_dir="/no/such/folder")["id"])
    assert "spawn failed" in astray["error"] and "/no/such/folder" in astray["error"]
    accepted = server.run_to_its_end(create(command="exit 3", success_exit_codes=[0, 3])["id"])
    assert accepted["status"] == "SUCCESS"


def test_a_timeout_kills_what_ignores_sigterm_and_its_children(server, create):
    task = create(command="trap '' TERM; sleep 300 & sleep 300; sleep 300", timeout_s=1, kill_grace_s=1)
    execution = server.run_to_its_end(task["id"])
    assert execution["status"] == "TIMEOUT" and 1000 <= execution["duration_ms"] < 20_000


def test_retries_are_attempts_of_one_execution(server, create, tmp_path):
    mark = tmp_path / "seen"
    task = create(command=f"test -e {mark} || {{ touch {mark}; exit 1; }}",
                  retry={"max_attempts": 3, "initial_delay_s": 0.1, "jitter": 0})
    execution = server.run_to_its_end(task["id"])
    assert execution["status"] == "SUCCESS" and execution["attempt"] == 2
    assert [attempt["status"] for attempt in execution["attempts"]] == ["FAILED", "SUCCESS"]


def test_cancel_ends_a_run(server, create):
    task = create(command="sleep 300")
    execution = server.ask("POST", f"/tasks/{task['id']}/run")[1]["execution_id"]
    server.wait_until(lambda: server.ask("GET", f"/executions/{execution}")[1]["status"] == "RUNNING")
    assert server.ask("POST", f"/executions/{execution}/cancel")[0] in (200, 202)
    assert server.wait_for_end(execution)["status"] == "CANCELLED"
    status, again = server.ask("POST", f"/executions/{execution}/retry")
    assert status == 202
    server.ask("POST", f"/executions/{again['execution_id']}/cancel")


def test_overlap_is_refused_by_name_unless_forced(server, create):
    task = create(command="sleep 300")
    first = server.ask("POST", f"/tasks/{task['id']}/run")[1]["execution_id"]
    status, answer = server.ask("POST", f"/tasks/{task['id']}/run", {})
    assert status == 409 and str(first) in answer["detail"]
    status, forced = server.ask("POST", f"/tasks/{task['id']}/run", {"force": True})
    assert status == 202
    for execution in (first, forced["execution_id"]):
        server.ask("POST", f"/executions/{execution}/cancel")
        server.wait_for_end(execution)


def test_a_paused_task_runs_by_hand_with_its_own_env_and_args(server, create):
    task = create(command="printf '%s|%s' \"$WHO\" \"$MINI_SCHEDULER_TASK_NAME\"", name="greeter", env={"WHO": "a"})
    server.ask("POST", f"/tasks/{task['id']}/pause")
    assert server.run_to_its_end(task["id"], {"env": {"WHO": "b"}})["stdout"] == "b|greeter"


@pytest.mark.parametrize("name", ["A-B", "1A", "", "A=B", "MINI_SCHEDULER_TASK_ID"])
def test_a_run_takes_no_variable_that_its_task_could_not_have(server, create, name):
    task = create()
    status, problem = server.ask("POST", f"/tasks/{task['id']}/run", {"env": {name: "x"}})
    assert status == 422 and problem["errors"][0]["loc"] == ["body", "env"]
    assert f"'{name}'" in problem["errors"][0]["msg"]
    assert server.ask("PATCH", f"/tasks/{task['id']}", {"env": {name: "x"}})[1]["errors"] == problem["errors"]


def test_a_run_with_the_same_idempotency_key_is_one_run(server, create):
    task = create()
    answers = [server.request("POST", f"/tasks/{task['id']}/run", {}, {"Idempotency-Key": "k1"}) for _ in range(2)]
    assert answers[0][2]["execution_id"] == answers[1][2]["execution_id"]


def test_output_beyond_the_limit_loses_its_middle_and_says_how_much(server, create):
    task = create(command="head -c 30000000 /dev/zero | tr '\\0' x; echo end", timeout_s=120)
    execution = server.run_to_its_end(task["id"])
    assert execution["status"] == "SUCCESS" and execution["output_bytes"] == 30_000_004
    assert execution["output_dropped_bytes"] > 15_000_000
    assert execution["stdout"].startswith("xxx") and execution["stdout"].endswith("end\n")
    log = server.ask("GET", f"/executions/{execution['id']}/log")[1]
    assert log.startswith(b"xxx") and log.endswith(b"end\n") and len(log) < 11_000_000


def test_bytes_that_are_no_text_do_no_harm(server, create):
    execution = server.run_to_its_end(create(command="printf '\\377\\000\\033[31mred\\n'")["id"])
    assert "red" in execution["stdout"]
    assert server.ask("GET", f"/executions/{execution['id']}/log")[1] == b"\xff\x00\x1b[31mred\n"


def test_the_log_is_served_by_stream_and_range(server, create):
    execution = server.run_to_its_end(create(command="echo one; sleep 0.1; echo two >&2; sleep 0.1; echo three")["id"])
    path = f"/executions/{execution['id']}/log"
    assert server.ask("GET", path + "?stream=stdout")[1] == b"one\nthree\n"
    assert server.ask("GET", path + "?stream=stderr")[1] == b"two\n"
    status, headers, part = server.request("GET", path + "?stream=stdout", None, {"Range": "bytes=4-8"})
    assert status == 206 and part == b"three" and headers["Content-Range"] == "bytes 4-8/10"
    assert server.ask("GET", path + "?stream=both&offset=4")[1].endswith(b"three\n")


def test_history_is_paged_by_cursor_without_gap_or_double(server, create):
    task = create(keep_executions=100)
    ids = [server.run_to_its_end(task["id"])["id"] for _ in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        page = server.ask("GET", f"/tasks/{task['id']}/executions?limit=2" + (f"&before={cursor}" if cursor else ""))[1]
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ids[::-1]
    assert server.ask("GET", f"/executions?task_id={task['id']}&status=FAILED")[1]["items"] == []
    for bad in ("limit=0", "limit=501", "status=DONE", "before=zzz"):
        assert server.ask("GET", "/executions?" + bad)[0] == 422, bad


def test_what_went_on_in_a_window_is_listed_whenever_it_was_made(server, create):
    run = server.run_to_its_end(create(command="sleep 0.3")["id"])
    assert run["status"] == "SUCCESS"
    begun, ended = (datetime.datetime.fromisoformat(run[name].replace("Z", "+00:00")) for name in ("started_at", "finished_at"))
    iso = lambda at: at.isoformat(timespec="milliseconds").replace("+00:00", "Z")  # noqa: E731

    def ids(begins, ends, path="/executions"):
        status, page = server.ask("GET", f"{path}?limit=500&from={iso(begins)}&to={iso(ends)}")
        assert status == 200, page
        return [item["id"] for item in page["items"]]

    middle, second = begun + (ended - begun) / 2, datetime.timedelta(seconds=1)
    for begins, ends, is_in in ((middle, middle, True), (middle, middle + second, True), (begun - second, middle, True), (ended, ended, True),
                                (begun - second, begun, False), (ended + second / 1000, ended + second, False)):
        for path in ("/executions", f"/tasks/{run['task_id']}/executions"):
            assert (run["id"] in ids(begins, ends, path)) == is_in, (begins, ends, path)
    for bad, field in (("from=2026-01-01", "to"), ("to=2026-01-01", "from"), ("from=2026-01-02&to=2026-01-01", "to"),
                       ("from=2026-01-01&to=2026-01-02&since=2026-01-01", "from")):
        status, problem = server.ask("GET", "/executions?" + bad)
        assert status == 422 and problem["errors"][0]["loc"] == ["query", field], problem


def test_each_second_fires_once_within_milliseconds(server, create):
    task = create(cron="* * * * * *", keep_executions=100)
    server.wait_until(lambda: len(server.ask("GET", f"/tasks/{task['id']}/executions?limit=100")[1]["items"]) >= 4)
    server.ask("POST", f"/tasks/{task['id']}/pause")
    items = server.ask("GET", f"/tasks/{task['id']}/executions?limit=100")[1]["items"]
    nominal = [item["scheduled_at"] for item in items]
    assert len(nominal) == len(set(nominal))
    assert all(item["trigger"] == "schedule" for item in items)


def test_a_skipped_fire_is_recorded_and_folded(server, create):
    task = create(cron="* * * * * *", command="sleep 300")

    def folded():
        items = server.ask("GET", f"/tasks/{task['id']}/executions?status=SKIPPED")[1]["items"]
        return items if items and items[0]["count"] >= 2 else None
    items = server.wait_until(folded)
    assert len(items) == 1 and items[0]["scheduled_until"] > items[0]["scheduled_at"] and items[0]["reason"]
    assert server.ask("DELETE", f"/tasks/{task['id']}")[0] == 204


def test_events_tell_of_changes_and_resume_where_they_broke_off(server, create):
    lines = []

    def listen(last_id, until):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        headers = {"Authorization": "Bearer " + server.token}
        if last_id:
            headers["Last-Event-ID"] = last_id
        connection.request("GET", "/events", headers=headers)
        response = connection.getresponse()
        ready.set()
        while True:
            line = response.readline().decode().strip()
            lines.append(line)
            if until(line):
                connection.close()
                return

    ready = threading.Event()
    wanted = lambda line: line.startswith("data:") and '"SUCCESS"' in line  # noqa: E731
    thread = threading.Thread(target=listen, args=("", wanted))
    thread.start()
    ready.wait(10)
    task = create(name="seen live")
    server.run_to_its_end(task["id"])
    thread.join(30)
    assert not thread.is_alive() and any("execution" in line for line in lines)
    first_id = next(line[3:].strip() for line in lines if line.startswith("id:"))
    lines.clear()
    thread = threading.Thread(target=listen, args=(first_id, wanted))
    thread.start()
    thread.join(30)
    assert not thread.is_alive(), "what came after the id was not told again"


def test_a_log_is_followed_live(server, create):
    task = create(command="for i in 1 2 3; do echo line $i; sleep 0.3; done")
    execution = server.ask("POST", f"/tasks/{task['id']}/run")[1]["execution_id"]
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", f"/executions/{execution}/log/stream", headers={"Authorization": "Bearer " + server.token})
    response = connection.getresponse()
    arrivals, text = [], ""
    while True:
        line = response.readline().decode()
        if line.startswith("data:") and "line" in line:
            arrivals.append(time.monotonic())
        text += line
        if line.startswith("event: end"):
            break
    assert all(f"line {i}" in text for i in (1, 2, 3)) and len(arrivals) == 3
    assert arrivals[-1] - arrivals[0] > 0.3, "all came at once, not as they were written"


@pytest.mark.parametrize("command, told", [
    (r"printf 'm\344\270'; sleep 0.3; printf '\255!\n'", {"stdout": "m中!\n"}),
    (r"printf '\344'; sleep 0.2; printf 'e\346' >&2; sleep 0.2; printf '\270\255'; sleep 0.2; printf '\227\245' >&2", {"stdout": "中", "stderr": "e日"}),
    (r"printf 'x\344\270'", {"stdout": "x\ufffd\ufffd"}),
    (r"printf '\344'; sleep 0.2; printf 'x\377\n'", {"stdout": "\ufffdx\ufffd\n"}),
    (r"printf '\360\237'; sleep 0.2; printf '\230'; sleep 0.2; printf '\200'", {"stdout": "😀"}),
])
def test_a_letter_that_comes_in_halves_is_told_whole(server, create, command, told):
    task = create(command=command)
    execution = server.ask("POST", f"/tasks/{task['id']}/run")[1]["execution_id"]
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", f"/executions/{execution}/log/stream", headers={"Authorization": "Bearer " + server.token})
    texts = {}
    for data in re.findall("^data: ?(.*text.*)$", connection.getresponse().read().decode(), re.M):
        chunk = json.loads(data)
        texts[chunk["stream"]] = texts.get(chunk["stream"], "") + chunk["text"]
    assert texts == told


def test_a_followed_log_resumes_in_the_attempt_where_it_broke_off(server, create):
    task = create(command="echo first of $MINI_SCHEDULER_ATTEMPT; echo second; exit 1",
                  retry={"max_attempts": 2, "initial_delay_s": 0.1, "jitter": 0})
    execution = server.run_to_its_end(task["id"])["id"]

    def follow(last_id=None, query=""):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        headers = {"Authorization": "Bearer " + server.token, **({"Last-Event-ID": last_id} if last_id else {})}
        connection.request("GET", f"/executions/{execution}/log/stream{query}", headers=headers)
        answer = connection.getresponse().read().decode()
        return re.findall("^id: ?(.*)$", answer, re.M), "".join(json.loads(data)["text"] for data in re.findall("^data: ?(.*text.*)$", answer, re.M))

    whole = "first of 2\nsecond\n"
    ids, text = follow()
    assert text == whole and ids[-1] == f"2-{len(whole)}"
    assert follow("2-11")[1] == "second\n"
    assert follow(query="?last_event_id=2-11")[1] == "second\n"
    assert follow("11", "?last_event_id=2-0")[1] == "second\n"
    assert follow(ids[-1])[1] == ""
    for elsewhere in ("1-11", "1-18", "no id", "2-x", "-1-11", "99999999999-11"):
        assert follow(elsewhere)[1] == whole, elsewhere
    assert follow("1-11", "?attempt=1")[1] == "second\n"
    assert follow("2-11", "?attempt=1")[1] == "first of 1\nsecond\n"


def test_executions_are_found_by_what_their_output_holds(server, create):
    tasks = [create(command=command) for command in ("echo fine; echo 'no Needle7 left & more' >&2; exit 1", "echo needle7 100%", "echo straw")]
    red, good, other = [server.run_to_its_end(task["id"])["id"] for task in tasks]

    def search(query, path="/executions"):
        status, page = server.ask("GET", f"{path}?{query}")
        assert status == 200, page
        return page

    page = search("output=NEEDLE7")
    assert [item["id"] for item in page["items"]] == [good, red] and page["next_cursor"] is None
    assert [item["match"] for item in page["items"]] == [
        {"stream": "stdout", "text": "needle7 100%"}, {"stream": "stderr", "text": "no Needle7 left & more"}]
    assert page["searched_until"] <= page["items"][1]["created_at"]
    assert [item["id"] for item in search("output=needle7%20100%25")["items"]] == [good]
    assert [item["id"] for item in search("output=needle7&status=FAILED")["items"]] == [red]
    assert [item["id"] for item in search("output=needle7", f"/tasks/{tasks[0]['id']}/executions")["items"]] == [red]
    assert search("output=needle7", f"/tasks/{tasks[2]['id']}/executions") | {"searched_until": None} == {
        "items": [], "next_cursor": None, "searched_until": None}
    first = search("output=needle7&limit=1")
    assert [item["id"] for item in first["items"]] == [good] and first["searched_until"] == first["items"][0]["created_at"]
    rest = search(f"output=needle7&before={first['next_cursor']}")
    assert [item["id"] for item in rest["items"]] == [red]

    for plain in (search("limit=3"), search("limit=3&output=")):
        assert [item["id"] for item in plain["items"]] == [other, good, red]
        assert "searched_until" not in plain and not any("match" in item for item in plain["items"])
    status, problem = server.ask("GET", "/executions?output=" + "x" * 201)
    assert status == 422 and problem["errors"][0]["loc"][-1] == "output"


def test_an_http_task_calls_and_judges_the_answer(server, create):
    url = f"http://127.0.0.1:{server.port}/healthz"
    task = {"name": "call", "cron": "@daily", "http": {"method": "GET", "url": url}}
    status, made = server.ask("POST", "/tasks", task)
    assert status == 201, made
    execution = server.run_to_its_end(made["id"])
    assert execution["status"] == "SUCCESS", execution
    server.ask("PATCH", f"/tasks/{made['id']}", {"http": {"method": "GET", "url": url, "expect_status": [204]}})
    assert server.run_to_its_end(made["id"])["status"] == "FAILED"
