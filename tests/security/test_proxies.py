"""X-Forwarded-* is believed of http.trusted_proxies and of nobody else."""
import json

import pytest
from wire import Wire

FORWARDED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "box.example"}


def log_in(server, headers, password="a password of its own"):
    wire = Wire(server.port)
    answer = wire.ask("POST", "/auth/login", {"Content-Type": "application/json", **headers},
                      json.dumps({"username": "admin", "password": password}).encode())
    wire.close()
    return answer


@pytest.fixture
def behind(started):
    def start(*proxies):
        return started(environment={"MINI_SCHEDULER_HTTP_TRUSTED_PROXIES": ",".join(proxies), "MINI_SCHEDULER_HTTP_HOSTS": "box.example",
                                    "MINI_SCHEDULER_ADMIN_PASSWORD": "a password of its own"}, password="a password of its own")
    return start


def addresses(server):
    return [row["address"] for row in server.ask("GET", "/audit?limit=50")[1]["items"] if row["action"].startswith("auth.") or "log" in row["action"]]


def test_a_stranger_who_says_that_he_was_forwarded_is_not_believed(behind):
    server = behind("10.0.0.0/8")
    status, fields, _ = log_in(server, FORWARDED)
    assert status == 200
    assert "strict-transport-security" not in fields
    assert fields["set-cookie"].startswith("mini_scheduler_session=") and "Secure" not in fields["set-cookie"]
    assert "203.0.113.9" not in json.dumps(server.ask("GET", "/audit?limit=50")[1])
    # a new address with each guess gets no more guesses
    statuses = [log_in(server, {"X-Forwarded-For": f"203.0.113.{n}"}, "a wrong guess")[0] for n in range(30)]
    assert 429 in statuses


def test_a_trusted_proxy_names_the_client_the_scheme_and_the_host(behind):
    server = behind("127.0.0.0/8")
    status, fields, _ = log_in(server, {**FORWARDED, "Origin": "https://box.example"})
    assert status == 200
    assert "strict-transport-security" in fields
    assert fields["set-cookie"].startswith("__Host-mini_scheduler_session=") and "; Secure" in fields["set-cookie"]
    assert "203.0.113.9" in json.dumps(server.ask("GET", "/audit?limit=50")[1])
    assert log_in(server, {**FORWARDED, "Origin": "http://box.example"})[0] == 403, "a page without TLS may be anybody's"
    assert log_in(server, {**FORWARDED, "Origin": "https://other.example"})[0] == 403
    assert log_in(server, {**FORWARDED, "X-Forwarded-Host": "evil.example"})[0] == 421
    # guesses are counted for the client, and another client still gets in
    statuses = [log_in(server, {"X-Forwarded-For": "203.0.113.66"}, "a wrong guess")[0] for _ in range(30)]
    assert 429 in statuses
    assert log_in(server, {"X-Forwarded-For": "203.0.113.9"})[0] == 200


def test_a_forwarded_host_does_not_stand_in_for_the_host(behind):
    """Behind a proxy that passes X-Forwarded-Host on, a page whose name was pointed at it could write it."""
    server = behind("127.0.0.1")
    wire = Wire(server.port)
    assert wire.ask("GET", "/healthz", {"X-Forwarded-Host": "localhost"}, host="evil.example")[0] == 421
    wire.close()


def test_what_is_no_address_stops_the_start(started):
    with pytest.raises(SystemExit):
        started(environment={"MINI_SCHEDULER_HTTP_TRUSTED_PROXIES": "proxy.example"})
