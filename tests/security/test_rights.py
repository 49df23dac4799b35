"""Routes x callers x methods x spellings of the path, against the built binary."""
import pytest
import rights
from wire import Wire, bearer

LINES = rights.read_list()
PATHS = sorted({pattern for _, pattern, _ in LINES})
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "X")
# what a proxy or a framework might take in place of the request's own line
TRICKS = {"X-Original-URL": "/healthz", "X-Rewrite-URL": "/healthz", "X-HTTP-Method-Override": "GET", "X-Method-Override": "GET",
          "X-Forwarded-Prefix": "/healthz", "X-Forwarded-Uri": "/healthz", "X-Forwarded-For": "127.0.0.1", "X-Original-Method": "GET"}


def names_of(server):
    return {(method.upper(), path) for path, item in server.ask("GET", "/openapi.json")[1]["paths"].items() for method in item}


def test_the_list_and_the_binary_name_the_same_routes(server):
    listed = {(method, path.replace("...", "")) for method, path, _ in LINES}
    optional = {("GET", "/favicon.svg"), ("GET", "/boot.js"), ("GET", "/plain.css")}  # where the page is built in
    assert names_of(server) - optional == listed - optional


def judge(method, target, path, caller, status):
    """What is wrong with that status, in words."""
    where = f"{method} {target!r} as {caller}: {status}"
    if path is None:
        return None if status in (400, 404) else where + ", and the path is no path"
    right = rights.right_of(LINES, method, path)
    if right is None:
        allowed = ((204, 405) if method == "OPTIONS" else (405,)) if rights.is_path(LINES, path) else (404,)
        return None if status in allowed else where + f", expected {allowed}"
    if rights.may(caller, right):
        return where + f", and it has the right '{right}'" if status in (0, 401, 403, 405, 500, 503) else None
    wanted = 401 if caller in ("stranger", "forger") else 403
    return None if status == wanted else where + f", expected {wanted} for want of '{right}'"


@pytest.mark.parametrize("caller", ["stranger", "forger", *rights.ROLES])
def test_each_caller_gets_what_the_list_says_with_each_method(server, people, caller):
    token = "forged.token.x" if caller == "forger" else people[caller]
    wrong = []
    wire = Wire(server.port)
    for pattern in PATHS:
        path = rights.concrete(pattern)
        for method in METHODS:
            credential = token
            if (method, path) == ("POST", "/auth/logout") and rights.may(caller, "read"):
                credential = server.log_in(*(("admin", "admin123") if caller == "admin" else (f"the_{caller}", f"{caller}'s own words")))
            for headers in ({}, TRICKS):
                status, _, _ = wire.ask(method, path, {**bearer(credential), **headers})
                if (method, path) == ("POST", "/auth/logout") and headers:
                    continue  # the first has ended the session
                wrong.append(judge(method, path, path, caller, status))
    wire.close()
    assert [entry for entry in wrong if entry] == []


@pytest.mark.parametrize("caller", ["stranger", "viewer", "admin"])
def test_no_spelling_of_a_path_is_let_through(server, people, caller):
    wrong = []
    wire = Wire(server.port)
    for pattern in PATHS:
        path = rights.concrete(pattern)
        if path == "/auth/logout" and caller != "stranger":
            continue
        for target, meant in rights.spellings(path):
            for method in ("GET", "POST", "DELETE"):
                status, _, _ = wire.ask(method, target, bearer(people[caller]))
                wrong.append(judge(method, target, meant, caller, status))
    wire.close()
    assert [entry for entry in wrong if entry] == []


def test_a_method_in_a_header_changes_nothing(server, people, create):
    task = create()
    wire = Wire(server.port)
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-Method"):
        assert wire.ask("GET", f"/tasks/{task['id']}", {**bearer(people["admin"]), name: "DELETE"})[0] == 200
        assert wire.ask("GET", f"/tasks/{task['id']}?_method=DELETE", bearer(people["admin"]))[0] == 200
    assert wire.ask("GET", "/healthz", {"X-Original-URL": f"/tasks/{task['id']}/delete"})[0] == 200
    assert server.ask("GET", f"/tasks/{task['id']}")[0] == 200


FIELDS = {"command": "id", "env": {"LD_PRELOAD": "/tmp/x.so"}, "shell": "/tmp/sh", "stdin": "id", "working_dir": "/tmp", "run_as": ""}


@pytest.mark.parametrize("field", FIELDS)
def test_fields_of_a_task_that_runs_as_somebody_are_an_admins(server, people, create, field):
    task = create(run_as="nobody", env={"A": "1"})
    before = server.ask("GET", f"/tasks/{task['id']}")[1]
    for method, path in (("PATCH", f"/tasks/{task['id']}"), ("POST", f"/tasks/{task['id']}/update")):
        status, _, answer = server.request(method, path, {field: FIELDS[field]}, bearer(people["editor"]))
        assert status == 403 and answer["errors"][0]["loc"] == ["body", field], answer
    form = f"{field}={FIELDS[field]}" if field != "env" else "env=A=2"
    status, _, _ = server.request("POST", f"/ui/tasks/{task['id']}/update", form,
                                  {**bearer(people["editor"]), "Content-Type": "application/x-www-form-urlencoded"})
    assert status == 403
    for who in ("viewer", "operator"):
        assert server.request("PATCH", f"/tasks/{task['id']}", {field: FIELDS[field]}, bearer(people[who]))[0] == 403
    assert server.ask("GET", f"/tasks/{task['id']}")[1] == before


def test_one_user_never_reaches_anothers_tokens(server, people):
    mine = server.request("POST", "/auth/tokens", {"name": "mine"}, bearer(people["editor"]))[2]
    status, _, _ = server.request("DELETE", f"/auth/tokens/{mine['id']}", None, bearer(people["viewer"]))
    assert status == 404
    assert mine["id"] not in [token["id"] for token in server.request("GET", "/auth/tokens", None, bearer(people["viewer"]))[2]["items"]]
    assert server.request("GET", "/auth/me", None, bearer(mine["token"]))[0] == 200
    assert server.request("POST", "/tasks", {"name": "x", "cron": "@daily", "command": "id"}, bearer(mine["token"]))[0] == 403
