"""Log-ins, sessions, the second factor and the first start, against the real binary."""
import http.client
import json
import re
import time

import pytest

from conftest import BINARY, CommandLine
from one_time_code import one_time_code
from server import Server

PASSWORD = "a long enough password"


@pytest.fixture
def fresh():
    """Servers of their own, for what changes the admin."""
    made = []

    def start(**more):
        made.append(Server(BINARY, **more))
        return made[-1].start()
    yield start
    for instance in made:
        instance.close()


def add_user(server, name, role="viewer", password=PASSWORD):
    status, user = server.ask("POST", "/users", {"username": name, "password": password, "role": role})
    assert status == 201, user
    return user


def log_in(server, name, password=PASSWORD, address="127.0.0.1", **more):
    """From a loopback address of one's own choice; gives status and answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60, source_address=(address, 0))
    connection.request("POST", "/auth/login", json.dumps({"username": name, "password": password, **more}),
                       {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, answer


def ask_as(server, token, method, path, body=None):
    status, _, answer = server.request(method, path, body, {"Authorization": "Bearer " + token})
    return status, answer


def test_passwords_that_guessers_try_first_are_refused(server):
    for password in ("short", "password", "Sunshine1", "12345678", "aaaaaaaaaaaa", "admin123", "quentin12"):
        status, answer = server.ask("POST", "/users", {"username": "quentin", "password": password})
        assert status == 422 and answer["errors"][0]["loc"] == ["body", "password"], password


def test_many_guesses_from_many_addresses_stay_within_the_budget_and_the_owner_gets_in(server):
    add_user(server, "owner")
    assert log_in(server, "owner", address="127.0.9.1")[0] == 200
    began = time.monotonic()
    addresses = 4
    answers = [log_in(server, "owner", f"guess {guess}", f"127.0.{guess % addresses}.2")[0] for guess in range(100)]
    seconds = time.monotonic() - began
    tried = answers.count(401)
    # 10 at once of each address, one more each 6 s
    assert addresses * 10 <= tried <= addresses * (10 + seconds / 6 + 1), (tried, seconds)
    assert set(answers) == {401, 429}
    assert log_in(server, "owner", address="127.0.9.1")[0] == 200
    assert log_in(server, "owner", address="127.0.9.2")[0] == 200


def test_sessions_are_listed_and_ended(server):
    add_user(server, "sam")
    tokens = [log_in(server, "sam", address=f"127.0.8.{i}")[1]["access_token"] for i in (1, 2, 3)]
    status, page = ask_as(server, tokens[0], "GET", "/auth/sessions")
    assert status == 200 and len(page["items"]) == 3
    assert {one["address"] for one in page["items"]} == {"127.0.8.1", "127.0.8.2", "127.0.8.3"}
    assert [one["address"] for one in page["items"] if one["current"]] == ["127.0.8.1"]
    second = next(one["id"] for one in page["items"] if one["address"] == "127.0.8.2")
    assert ask_as(server, server.token, "DELETE", "/auth/sessions/" + second)[0] == 404, "it is not the admin's"
    assert ask_as(server, tokens[0], "DELETE", "/auth/sessions/" + second)[0] == 204
    assert ask_as(server, tokens[1], "GET", "/auth/me")[0] == 401
    assert ask_as(server, tokens[0], "DELETE", "/auth/sessions") == (200, {"ended": 1})
    assert ask_as(server, tokens[2], "GET", "/auth/me")[0] == 401
    assert ask_as(server, tokens[0], "GET", "/auth/me")[0] == 200
    token = ask_as(server, tokens[0], "POST", "/auth/tokens", {"name": "ci", "scope": "write"})[1]["token"]
    for method, path in (("GET", "/auth/sessions"), ("DELETE", "/auth/sessions"), ("POST", "/auth/second-factor")):
        assert ask_as(server, token, method, path, {} if method == "POST" else None)[0] == 403, "a token is not the person"


def test_a_second_factor_from_its_key_to_its_reset(server, command_line):
    user = add_user(server, "tess")
    token = log_in(server, "tess")[1]["access_token"]
    assert ask_as(server, token, "POST", "/auth/second-factor", {"current_password": "not it at all"})[0] == 403
    status, enrolment = ask_as(server, token, "POST", "/auth/second-factor", {"current_password": PASSWORD})
    assert status == 201 and enrolment["key"] in enrolment["uri"]
    assert log_in(server, "tess")[0] == 200, "it counts once it is confirmed"
    now = time.time()
    assert ask_as(server, token, "POST", "/auth/second-factor/confirm", {"code": "000000"})[0] == 422
    status, answer = ask_as(server, token, "POST", "/auth/second-factor/confirm", {"code": one_time_code(enrolment["key"], now)})
    assert status == 200 and len(answer["recovery_codes"]) == 10
    assert ask_as(server, token, "GET", "/auth/second-factor")[1] == {"on": True, "recovery_codes_left": 10}

    status, refusal = log_in(server, "tess")
    assert status == 401 and refusal["errors"][0]["loc"] == ["body", "code"]
    assert "errors" not in log_in(server, "tess", "a wrong password")[1]
    assert log_in(server, "tess", code=one_time_code(enrolment["key"], now))[0] == 401, "that one was used"
    assert log_in(server, "tess", code=one_time_code(enrolment["key"], now + 30))[0] == 200
    recovery = answer["recovery_codes"][0]
    assert log_in(server, "tess", code=recovery)[0] == 200
    assert log_in(server, "tess", code=recovery)[0] == 401
    assert ask_as(server, token, "POST", "/auth/second-factor", {"current_password": PASSWORD})[0] == 409

    done = command_line.run("login", "tess", stdin=f"{PASSWORD}\n{answer['recovery_codes'][1]}\n")
    assert done.returncode == 0, done.stderr
    command_line.run("logout")
    assert command_line.run("user", "reset-second-factor", "tess").returncode == 0
    assert log_in(server, "tess")[0] == 200
    assert server.ask("DELETE", f"/users/{user['id']}/second-factor")[0] == 404


def test_the_link_of_the_first_start_sets_the_password_once(fresh):
    server = fresh()
    with open(server.folder + "/stdout.log") as out:
        token = re.search(r"/login#first-run=(\S+)", out.read()).group(1)
    redeem = {"token": token, "new_password": "chosen by the owner"}
    assert server.ask("POST", "/auth/first-run", {**redeem, "token": "x"})[0] == 403
    status, answer = server.ask("POST", "/auth/first-run", redeem)
    assert status == 200 and answer["user"]["must_change_password"] is False
    assert server.ask("POST", "/auth/first-run", redeem)[0] == 403
    assert server.ask("GET", "/auth/me")[0] == 401, "the log-in with the first password has ended"
    assert log_in(server, "admin", "admin123")[0] == 401
    assert log_in(server, "admin", "chosen by the owner")[0] == 200
    server.stop()
    server.token = answer["access_token"]
    server.start()
    assert server.ask("GET", "/auth/me")[0] == 200
    with open(server.folder + "/stdout.log") as out:
        assert out.read().count("first-run") == 1, "no link once the password is set"


def test_a_new_key_for_log_ins_leaves_open_sessions_alone_unless_the_old_one_is_dropped(fresh):
    server = fresh()
    line = CommandLine(server)
    assert line.run("key", "rotate", "--data-dir", server.folder + "/data").returncode == 0
    assert server.ask("GET", "/auth/me")[0] == 200
    server.stop()
    server.start()
    assert server.ask("GET", "/auth/me")[0] == 200, "the previous key still verifies"
    newer = server.log_in("admin", "admin123")
    assert line.run("key", "rotate", "--drop-previous", "--data-dir", server.folder + "/data").returncode == 0
    server.stop()
    server.start()
    assert server.ask("GET", "/auth/me")[0] == 401
    assert ask_as(server, newer, "GET", "/auth/me")[0] == 401
    assert log_in(server, "admin", "admin123")[0] == 200


@pytest.mark.parametrize("mode", ["open", "invite", "closed"])
def test_a_stranger_can_learn_whether_he_may_register(fresh, mode):
    server = fresh(environment={"MINI_SCHEDULER_AUTH_REGISTRATION": mode})
    status, _, answer = server.request("GET", "/auth/register", None, {"Authorization": None})
    assert (status, answer) == (200, {"registration": mode})
