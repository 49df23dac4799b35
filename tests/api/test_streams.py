"""Event streams and who may read them, against the real binary."""
import http.client
import json
import time
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
