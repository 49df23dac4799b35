"""Which answers are compressed, against the real binary."""
import pytest

ZSTD = bytes.fromhex("28b52ffd")


@pytest.fixture
def past(server, create):
    """A task with enough runs for an answer that is large."""
    task = create(name="with a past", command="echo said", env={"KEY": "value"})
    for _ in range(8):
        server.run_to_its_end(task["id"])
    return task["id"]


def answer(server, path):
    status, headers, body = server.request("GET", path, headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
    assert status == 200, body
    return headers, body


def test_large_answers_of_names_states_and_times_are_compressed(server, past):
    for path in ("/executions?limit=500", f"/tasks/{past}/executions"):
        headers, body = answer(server, path)
        assert headers["Content-Encoding"] == "zstd" and body[:4] == ZSTD, path
        assert int(headers["Content-Length"]) == len(body) and headers["Vary"] == "Accept-Encoding"
    assert server.ask("GET", "/executions?limit=500")[1]["items"][0]["task_id"] == past, "as it is where it is not asked for"


def test_what_may_hold_a_secret_is_never_compressed(server, past, create):
    for number in range(10):
        create(name=f"one of many {number}", env={"KEY": "value"})
    run = server.ask("GET", f"/tasks/{past}/executions")[1]["items"][0]["id"]
    for path in ("/tasks?page_size=500", f"/tasks/{past}", f"/tasks/{past}/revisions", f"/executions/{run}",
                 "/executions?limit=500&output=said", f"/executions/{run}/log", "/audit", "/users", "/auth/tokens", "/auth/me"):
        headers, _ = answer(server, path)
        assert headers["Content-Encoding"] is None, path
