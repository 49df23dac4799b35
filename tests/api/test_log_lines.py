"""An output by lines: some of them by number, where a text stands, and the newest as they come."""
import http.client
import json
import urllib.parse

import pytest

from conftest import BINARY
from server import Server


@pytest.fixture(scope="module")
def small():
    """A server that keeps little of an output."""
    instance = Server(BINARY, environment={"MINI_SCHEDULER_OUTPUT_MAX_BYTES": "100000"}).start()
    yield instance
    instance.close()


def lines_of(server, execution, **query):
    status, answer = server.ask("GET", f"/executions/{execution}/log/lines?{urllib.parse.urlencode(query)}")
    assert status == 200, answer
    return answer


def found_in(server, execution, text, **query):
    status, answer = server.ask("GET", f"/executions/{execution}/log/find?{urllib.parse.urlencode({'q': text, **query})}")
    assert status == 200, answer
    return answer


def texts(answer):
    return [line["text"] for line in answer["lines"]]


def run(server, **body):
    status, task = server.ask("POST", "/tasks", {"name": "task", "cron": "0 0 1 1 *", **body})
    assert status == 201, task
    return server.ask("POST", f"/tasks/{task['id']}/run", {})[1]["execution_id"]


def ended(server, execution):
    server.wait_until(lambda: server.ask("GET", f"/executions/{execution}")[1]["status"] not in ("PENDING", "RUNNING"))
    return execution


class LineEvents:
    def __init__(self, server, execution, query=""):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        self.connection.request("GET", f"/executions/{execution}/log/lines/stream{query}", headers={"Authorization": "Bearer " + server.token})
        self.response = self.connection.getresponse()
        assert self.response.status == 200

    def __iter__(self):
        name = None
        while line := self.response.readline().decode().rstrip("\n"):
            if line.startswith("event:"):
                name = line[6:].strip()
            elif line.startswith("data:"):
                yield name, json.loads(line[5:])
                if name == "end":
                    return
                self.response.readline()


def test_lines_are_read_by_number_and_from_the_end(server):
    execution = ended(server, run(server, command="seq -f 'line %.0f' 1 300000"))
    answer = lines_of(server, execution, **{"from": 250_000, "count": 3})
    assert texts(answer) == ["line 250000", "line 250001", "line 250002"]
    assert (answer["total_lines"], answer["complete"], answer["attempt"], answer["dropped_bytes"]) == (300_000, True, 1, 0)
    assert answer["bytes"] == server.ask("GET", f"/executions/{execution}")[1]["output_bytes"]
    assert texts(lines_of(server, execution, tail=2)) == ["line 299999", "line 300000"]
    assert len(lines_of(server, execution)["lines"]) == 200
    assert lines_of(server, execution, count=0)["lines"] == lines_of(server, execution, **{"from": 300_001})["lines"] == []
    first = lines_of(server, execution, count=1)["lines"][0]
    assert first["n"] == 1 and first["stream"] == "stdout" and first["time"].endswith("Z") and "open" not in first


def test_a_run_without_output_has_no_lines(server):
    execution = ended(server, run(server, command="true"))
    assert lines_of(server, execution)["total_lines"] == 0 and lines_of(server, execution, tail=5)["lines"] == []
    assert found_in(server, execution, "x") == {"attempt": 1, "dropped_bytes": 0, "count": 0, "lines": [], "next": None}


def test_each_stream_goes_on_with_its_own_line_and_colour(server):
    command = "printf 'out'; sleep 0.1; printf '\\033[31merr ' >&2; sleep 0.1; printf 'put\\nnext'; sleep 0.1; printf 'or\\nstill red\\n' >&2; sleep 0.1; printf ' plain\\n10%%\\r99%%\\r\\n'"
    execution = ended(server, run(server, command=command))
    shown = [(line["n"], line["stream"], line["text"], line.get("style")) for line in lines_of(server, execution)["lines"]]
    assert shown == [(1, "stdout", "output", None), (2, "stderr", "\x1b[31merr or", None), (3, "stdout", "next plain", None),
                     (4, "stderr", "still red", "31"), (5, "stdout", "99%", None)]


def test_an_earlier_attempt_has_its_own_lines(server):
    execution = ended(server, run(server, command="echo of $MINI_SCHEDULER_ATTEMPT; exit 1", retry={"max_attempts": 2, "initial_delay_s": 0.1, "jitter": 0}))
    assert texts(lines_of(server, execution)) == ["of 2"] and texts(lines_of(server, execution, attempt=1)) == ["of 1"]
    assert found_in(server, execution, "of 1")["count"] == 0 and found_in(server, execution, "of 1", attempt=1)["count"] == 1
    events = list(LineEvents(server, execution, "?attempt=1"))
    assert texts(events[0][1]) == ["of 1"] and events[-1][0] == "end" and events[-1][1]["status"] == "FAILED"


def test_bytes_that_are_no_text_and_letters_that_come_in_halves_do_no_harm(server):
    execution = ended(server, run(server, command="printf 'a\\377b\\n\\344\\270'; sleep 0.2; printf '\\255\\n'"))
    assert texts(lines_of(server, execution)) == ["a\ufffdb", "中"]


def test_a_long_line_is_cut_and_its_rest_can_be_had(server):
    execution = ended(server, run(server, command="head -c 3000000 /dev/zero | tr '\\0' x; echo 'the end'; echo next"))
    answer = lines_of(server, execution)
    long = answer["lines"][0]
    assert len(long["text"]) == 65536 and answer["total_lines"] == 2 and "open" not in long
    assert texts(lines_of(server, execution, **{"from": 2})) == ["next"]
    rest = server.ask("GET", f"/executions/{execution}/log?stream=stdout&offset={long['rest_offset']}")[1]
    assert len(rest) == 3_000_000 - 65536 + len("the end\nnext\n") and rest.endswith(b"the end\nnext\n")


def test_much_in_long_lines_comes_in_parts(server):
    execution = ended(server, run(server, command="for i in $(seq 60); do head -c 50000 /dev/zero | tr '\\0' x; echo $i; done"))
    seen = []
    while len(seen) < 60:
        part = lines_of(server, execution, **{"from": len(seen) + 1, "count": 1000})["lines"]
        assert part and sum(len(line["text"]) for line in part) < 2_000_000
        seen += part
    assert [line["text"][50000:] for line in seen] == [str(i) for i in range(1, 61)]


def test_a_text_is_found_line_by_line_whatever_its_case_and_colour(server):
    execution = ended(server, run(server, command="echo 'Error one ERROR'; echo fine; printf '\\033[31mer\\033[0mror Ärger\\n'; seq 5; echo ärger"))
    answer = found_in(server, execution, "error")
    assert answer["count"] == 3 and answer["next"] is None
    assert answer["lines"] == [{"line": 1, "count": 2}, {"line": 3, "count": 1}]
    assert [line["line"] for line in found_in(server, execution, "ÄRGER")["lines"]] == [3, 9]
    first = found_in(server, execution, "error", limit=1)
    assert first["lines"] == [{"line": 1, "count": 2}] and first["next"] is not None
    assert found_in(server, execution, "error", **{"from": 2})["lines"] == [{"line": 3, "count": 1}]
    assert found_in(server, execution, "[31m")["count"] == 0


def test_the_middle_that_was_dropped_is_one_mark_among_the_lines(small):
    execution = ended(small, run(small, command="seq -f 'line %.0f' 1 50000"))
    answer = lines_of(small, execution, tail=1)
    assert texts(answer) == ["line 50000"]
    dropped = small.ask("GET", f"/executions/{execution}")[1]["output_dropped_bytes"]
    assert answer["dropped_bytes"] == dropped > 0
    [mark] = found_in(small, execution, "bytes of output dropped")["lines"]
    around = lines_of(small, execution, **{"from": mark["line"] - 1, "count": 3})["lines"]
    assert [line["stream"] for line in around[:2]] == ["mark", "mark"] and str(dropped) in around[1]["text"]


def test_lines_of_a_run_are_read_while_it_drops_and_after(small):
    execution = run(small, command="seq -f 'line %.0f' 1 50000; exec sleep 600", timeout_s=0)
    small.wait_until(lambda: texts(lines_of(small, execution, tail=1)) == ["line 50000"])
    live = lines_of(small, execution, count=0)
    assert live["dropped_bytes"] > 0

    def all_lines():
        # the mark has the time at which it was made
        return [(line["n"], line["stream"], line["text"], line["stream"] == "mark" or line["time"])
                for first in range(1, live["total_lines"] + 1, 1000) for line in lines_of(small, execution, **{"from": first, "count": 1000})["lines"]]
    everything = all_lines()
    assert len(everything) == live["total_lines"]
    small.ask("POST", f"/executions/{execution}/cancel")
    ended(small, execution)
    after = lines_of(small, execution, count=0)
    assert (after["total_lines"], after["dropped_bytes"]) == (live["total_lines"], live["dropped_bytes"])
    assert all_lines() == everything


def test_new_lines_are_told_as_they_come_and_open_ones_again(server):
    execution = run(server, command="read line; printf 'half'; read line; printf ' whole\\n'; echo next; exit 3", stdin="a\n" * 3)
    ended(server, execution)
    execution = run(server, command="printf half; while [ ! -e go ]; do sleep 0.02; done; printf ' whole\\n'; echo next; rm go; exit 3", working_dir=server.folder, timeout_s=60)
    shown = {}
    for name, data in LineEvents(server, execution):
        if name == "lines":
            for line in data["lines"]:
                if line.get("open") and line["text"] == "half":
                    open(server.folder + "/go", "w").close()
                shown.setdefault(line["n"], []).append((line["text"], line.get("open", False)))
        elif name == "end":
            assert (data["status"], data["exit_code"]) == ("FAILED", 3)
    assert shown[1][0] == ("half", True) and shown[1][-1] == ("half whole", False) and shown[2][-1] == ("next", False)


def test_of_much_that_was_written_only_the_end_is_told(server):
    execution = ended(server, run(server, command="seq 1 100000"))
    [(name, data), (last, end)] = list(LineEvents(server, execution))
    assert name == "lines" and data["total_lines"] == 100_000 and texts(data) == [str(i) for i in range(99_801, 100_001)]
    assert last == "end" and end["status"] == "SUCCESS"


@pytest.mark.parametrize("query, field", [
    ("lines?from=0", "from"), ("lines?from=x", "from"), ("lines?from=9999999999999", "from"), ("lines?count=-1", "count"), ("lines?count=1001", "count"),
    ("lines?tail=0", "tail"), ("lines?tail=1001", "tail"), ("lines?tail=5&from=1", "tail"), ("lines?attempt=0", "attempt"), ("find?q=", "q"), ("find", "q"), ("find?q=" + "x" * 201, "q"), ("find?q=a&from=0", "from"), ("find?q=a&limit=0", "limit"),
    ("find?q=a&limit=10001", "limit"), ("lines/stream?attempt=x", "attempt")])
def test_what_cannot_be_asked_for_is_named(server, create, query, field):
    execution = server.run_to_its_end(create()["id"])["id"]
    status, problem = server.ask("GET", f"/executions/{execution}/log/{query}")
    assert status == 422 and problem["errors"][0]["loc"] == ["query", field], problem
    assert server.ask("GET", "/executions/999999/log/" + query)[0] == 404
