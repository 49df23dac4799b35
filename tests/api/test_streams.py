"""Event streams and who may read them, against the real binary."""
import datetime
import http.client
import json
import time

import pytest

from test_accounts import PASSWORD, add_user, ask_as, log_in

# longer than anything here takes, shorter than the heartbeat, at which each stream looks again by itself
PATIENCE_S = 10


class Stream:
    """The events of one address, as `token` is shown them."""

    def __init__(self, server, token, path, headers=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
        self.connection.request("GET", path, headers={"Authorization": "Bearer " + token, **(headers or {})})
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.read()

    def next(self):
        """Name, data and id of the next event; None where the stream has ended."""
        event = {"event": "message", "data": "", "id": ""}
        while line := self.response.readline().decode():
            if line == "\n":
                return event["event"], json.loads(event["data"]), event["id"]
            name, _, value = line.rstrip("\n").partition(": ")
            event[name] = value
        return None

    def until(self, name):
        while event := self.next():
            if event[0] == name:
                return event
        raise AssertionError(f"the stream ended without '{name}'")

    def rest(self):
        """What still comes before the end. Raises TimeoutError where the end does not come."""
        end = time.monotonic() + PATIENCE_S
        events = []
        while event := self.next():
            events.append(event)
            if time.monotonic() > end:
                raise TimeoutError("the stream goes on")
        return events


@pytest.fixture
def talker(server, create):
    """A run that writes a line ten times a second."""
    task = create(name="talker", command="while true; do echo word; sleep 0.1; done", timeout_s=600)
    execution = server.ask("POST", f"/tasks/{task['id']}/run")[1]["execution_id"]
    yield execution
    server.ask("DELETE", f"/tasks/{task['id']}")


@pytest.fixture
def reader(server):
    """A viewer with a session and an API token: id, the session's and the token's text, the token's id."""
    user = add_user(server, f"reader{time.monotonic_ns()}")
    session = log_in(server, user["username"])[1]["access_token"]
    token = ask_as(server, session, "POST", "/auth/tokens", {"name": "watcher", "scope": "read"})[1]
    return {"user": user, "session": session, "token": token["token"], "token_id": token["id"]}


def change(body):
    return lambda server, reader: server.ask("PATCH", f"/users/{reader['user']['id']}", body)


ENDS = {
    "log-out": ("session", lambda server, reader: ask_as(server, reader["session"], "POST", "/auth/logout")),
    "ended by another session": ("session", lambda server, reader: ask_as(
        server, log_in(server, reader["user"]["username"])[1]["access_token"], "DELETE", "/auth/sessions")),
    "own new password": ("session", lambda server, reader: ask_as(server, reader["session"], "POST", "/auth/password", {
        "current_password": PASSWORD, "new_password": "another long password"})),
    "password set by the admin": ("session", change({"password": "another long password"})),
    "disabled, with a session": ("session", change({"disabled": True})),
    "disabled, with a token": ("token", change({"disabled": True})),
    "deleted": ("token", lambda server, reader: server.ask("DELETE", f"/users/{reader['user']['id']}")),
    "token revoked": ("token", lambda server, reader: ask_as(
        server, reader["session"], "DELETE", f"/auth/tokens/{reader['token_id']}")),
}


@pytest.mark.parametrize("how", ENDS)
def test_streams_end_at_once_with_what_opened_them(server, talker, reader, how):
    credential, act = ENDS[how]
    events = Stream(server, reader[credential], "/events")
    log = Stream(server, reader[credential], f"/executions/{talker}/log/stream")
    log.until("chunk")
    status, answer = act(server, reader)
    assert status in (200, 204), answer
    answered = datetime.datetime.now(datetime.timezone.utc)
    assert all(name != "account" for name, _, _ in events.rest())
    written = [datetime.datetime.fromisoformat(data["time"].replace("Z", "+00:00")) for name, data, _ in log.rest() if name == "chunk"]
    assert all(at <= answered for at in written), "what was written afterwards was shown"


def test_a_stream_ends_when_its_token_does(server, talker, reader):
    ends = time.time() + 3
    expires_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ends))
    status, token = ask_as(server, reader["session"], "POST", "/auth/tokens",
                           {"name": "short", "scope": "read", "expires_at": expires_at})
    assert status == 201, token
    log = Stream(server, token["token"], f"/executions/{talker}/log/stream")
    log.until("chunk")
    log.rest()
    assert time.time() < ends + 2


def test_another_user_s_streams_go_on(server, create, reader):
    mine = Stream(server, server.token, "/events")
    mine.until("connected")
    assert server.ask("PATCH", f"/users/{reader['user']['id']}", {"disabled": True})[0] == 200
    created = create(name="told to those who are left")
    assert mine.until("task")[1]["task_id"] == created["id"]


def test_a_new_role_is_told_at_once_and_the_stream_goes_on(server, create, reader):
    events = Stream(server, reader["session"], "/events")
    events.until("connected")
    assert server.ask("PATCH", f"/users/{reader['user']['id']}", {"role": "operator"})[0] == 200
    assert events.next()[0] == "account"
    assert ask_as(server, reader["session"], "GET", "/auth/me")[1]["role"] == "operator"
    created = create(name="told to the operator too")
    assert events.next()[:2] == ("task", {"kind": "created", "task_id": created["id"]})


def test_a_stream_begins_with_where_it_stands_and_can_be_resumed_there(server, create):
    create(name="the last change before")
    before = time.monotonic()
    first = Stream(server, server.token, "/events")
    name, data, event_id = first.next()
    assert name == "connected" and data["quiet_ms"] <= (time.monotonic() - before) * 1000 + 5000
    missed = create(name="made while nobody listened")
    resumed = Stream(server, server.token, "/events", {"Last-Event-ID": event_id})
    assert resumed.next()[0] == "connected"
    assert resumed.next()[:2] == ("task", {"kind": "created", "task_id": missed["id"]})
    elsewhere = Stream(server, server.token, "/events", {"Last-Event-ID": "1"})
    assert [elsewhere.next()[0], elsewhere.next()[0]] == ["connected", "resync"]
