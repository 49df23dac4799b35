"""Holes of other schedulers, each asked of this one. A test's name is the hole's."""
import base64
import hashlib
import hmac
import json
import os
import stat
import subprocess
import time

import rights
from wire import BINARY, Wire, bearer

PROTECTED = [(method, rights.concrete(pattern)) for method, pattern, right in rights.read_list() if right != "anyone"]


def statuses(server, targets, method=None):
    wire = Wire(server.port)
    found = {}
    for name, target in targets:
        found[(method or name, target)] = wire.ask(method or name, target)[0]
    wire.close()
    return found


def test_cve_2026_3965_qinglong_a_second_prefix_leads_to_the_same_routes(server):
    """/open/* was rewritten to /api/* behind the login check."""
    targets = [(method, prefix + path) for method, path in PROTECTED for prefix in ("/open", "/api", "/v1", "/public", "/Open")]
    found = statuses(server, targets)
    assert {status for status in found.values()} <= {401, 404, 405}, found


def test_cve_2026_3965_qinglong_the_first_start_can_not_be_had_twice(server):
    """PUT /open/user/init set the admin's password anew."""
    for method in ("PUT", "POST"):
        for path in ("/user/init", "/open/user/init", "/api/user/init", "/setup", "/init", "/auth/init", "/auth/setup"):
            status = server.request(method, path, {"username": "admin", "password": "pwned by init"}, {"Authorization": None})[0]
            assert status in (401, 404, 405), path
    status = server.request("POST", "/auth/register", {"username": "admin", "password": "pwned by init"}, {"Authorization": None})[0]
    assert status == 409
    assert server.request("POST", "/auth/login", {"username": "admin", "password": "pwned by init"})[0] == 401


def test_cve_2026_4047_qinglong_other_letter_case_goes_round_the_check(server):
    """/aPi/... was no '/api/' for the check and was one for the routes."""
    def cased(path):
        yield path.upper()
        yield path.title()
        yield "".join(letter.upper() if at % 2 else letter for at, letter in enumerate(path))
    targets = [(method, other) for method, path in PROTECTED for other in cased(path) if other != path]
    found = statuses(server, targets)
    assert {status for status in found.values()} <= {401, 404, 405}, {k: v for k, v in found.items() if v not in (401, 404, 405)}


def test_cve_2026_53576_kestra_a_public_ending_opens_any_path(server):
    """A path that ended with /configs was taken for the public one."""
    endings = ("/configs", "/healthz", "/readyz", "/metrics", "/login", "/openapi.json", ";/healthz", "?/configs", "#/healthz",
               "/favicon.svg", "/assets/a.js", "%2fhealthz", "/..;/healthz")
    targets = [(method, path + ending) for method, path in PROTECTED for ending in endings]
    found = statuses(server, targets)
    assert {status for status in found.values()} <= {400, 401, 404, 405}, {k: v for k, v in found.items() if v < 400 or v >= 500}


def test_cve_2026_39401_cronicle_a_jobs_output_changes_its_task(server, create):
    """A job wrote {"update_event": {...}} to its output, and the server applied it."""
    message = {"update_event": {"command": "id"}, "update": {"run_as": "root"}, "chain": 1, "command": "id", "complete": 1, "code": 0}
    task = create(name="talks", command="cat", stdin=json.dumps(message) + "\n")
    before = server.ask("GET", f"/tasks/{task['id']}")[1]
    ended = server.run_to_its_end(task["id"])
    assert "update_event" in ended["stdout"] and ended["status"] == "SUCCESS"
    after = server.ask("GET", f"/tasks/{task['id']}")[1]
    for field in ("command", "run_as", "revision", "stdin", "on_success", "updated_at"):
        assert after[field] == before[field]


def test_cve_2026_58255_cronicle_fields_that_the_caller_may_not_set(server, people, create):
    """What only an admin or the scheduler sets is refused by name, and nothing of the request is done."""
    task = create(name="kept")
    path = f"/tasks/{task['id']}"
    for field, value in {"id": 1, "created_by": "admin", "revision": 9, "last_error": "x", "next_run_at": "2030-01-01T00:00:00Z",
                         "status": "RUNNING", "created_at": "2030-01-01T00:00:00Z", "paused": True, "running": 3,
                         "__proto__": {"role": "admin"}, "constructor": 1, "Command": "id"}.items():
        for method, where in (("PATCH", path), ("POST", "/tasks")):
            body = {"name": "changed", "cron": "@daily", "command": "id", field: value}
            status, _, answer = server.request(method, where, body, bearer(people["editor"]))
            assert status == 422, (method, field, status)
            assert [error["loc"][1] for error in answer["errors"]] == [field]
    status, _, answer = server.request("PATCH", path, {"name": "changed", "run_as": "root"}, bearer(people["editor"]))
    assert status == 403 and answer["errors"][0]["loc"] == ["body", "run_as"]
    assert server.ask("GET", path)[1]["name"] == "kept"
    status, _, answer = server.request("POST", path + "/run", {"env": {"LD_PRELOAD": "/tmp/x.so"}}, bearer(people["operator"]))
    assert status == 403 and answer["errors"][0]["loc"] == ["body", "env"]
    for body in ({"role": "admin"}, {"is_admin": True}, {"disabled": False}, {"rights": ["administer"]}):
        stranger = {"username": "climber", "password": "long enough words", **body}
        assert server.request("POST", "/auth/register", stranger, {"Authorization": None})[0] == 422
        assert server.request("POST", "/auth/password", {"current_password": "x", "new_password": "y" * 9, **body},
                              bearer(people["viewer"]))[0] == 422
    assert server.request("PATCH", "/users/1", {"role": "admin"}, bearer(people["editor"]))[0] == 403


def test_xxl_job_no_token_is_built_in(server):
    """xxl-job ships with 'default_token', and took none at all for a good one."""
    wire = Wire(server.port)
    for guess in ("", " ", "default_token", "admin", "admin123", "token", "null", "undefined", "0", "mst_", "mst_default",
                  "Bearer", "mst_" + "0" * 43, "' OR 1=1 --"):
        for name in ("Authorization", "XXL-JOB-ACCESS-TOKEN", "X-Api-Key", "X-Auth-Token", "Cookie"):
            value = {"Authorization": f"Bearer {guess}", "Cookie": f"mini_scheduler_session={guess}"}.get(name, guess)
            assert wire.ask("GET", "/tasks", {name: value})[0] == 401, (name, guess)
            assert wire.ask("POST", "/tasks/1/run", {name: value})[0] == 401, (name, guess)
    wire.close()


def test_xxl_job_the_first_password_is_good_for_this_machine_alone(server):
    wire = Wire(server.port)
    body = json.dumps({"username": "admin", "password": "admin123"}).encode()
    json_type = {"Content-Type": "application/json"}
    assert wire.ask("POST", "/auth/login", json_type, body)[0] == 200
    for headers in ({"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-Proto": "https"}, {"Forwarded": "for=127.0.0.1"},
                    {"X-Real-IP": "127.0.0.1"}, {"x-forwarded-anything": ""}, {"Origin": "http://evil.example"},
                    {"Origin": "null"}):
        assert wire.ask("POST", "/auth/login", {**json_type, **headers}, body)[0] in (401, 403), headers
    wire.close()
    refused = subprocess.run([BINARY, "serve", "--host", "0.0.0.0", "--port", "0", "--data-dir", server.folder + "/other"],
                             capture_output=True, text=True, timeout=60, cwd=server.folder)
    assert refused.returncode != 0 and "user passwd admin" in refused.stderr


def test_cve_2023_29922_powerjob_anybody_makes_users(server, started):
    """POST /user/save needed no account. Beyond loopback nobody registers; on loopback nobody becomes more than a viewer."""
    account = {"username": "stranger", "password": "long enough words"}
    for path in ("/users", "/user/save", "/api/users", "/user/add"):
        assert server.request("POST", path, account, {"Authorization": None})[0] in (401, 404)
    assert server.request("POST", "/users", {**account, "role": "admin"}, {"Authorization": None})[0] == 401
    status, _, user = server.request("POST", "/auth/register", account, {"Authorization": None})
    assert status == 201 and user["role"] == "viewer"
    open_to_all = started("--host", "0.0.0.0", environment={"MINI_SCHEDULER_ADMIN_PASSWORD": "admin123 is not it"}, password="admin123 is not it")
    assert open_to_all.request("POST", "/auth/register", account, {"Authorization": None})[0] == 403
    assert open_to_all.request("POST", "/auth/login", {"username": "admin", "password": "admin123"})[0] == 401


def jwt(key, claims, algorithm="HS256"):
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")
    header = json.dumps({"alg": algorithm, "typ": "JWT"}, separators=(",", ":"))
    text = part(header.encode()) + b"." + part(json.dumps(claims).encode())
    signature = b"" if algorithm == "none" else hmac.new(key, text, hashlib.sha256).digest()
    return (text + b"." + part(signature)).decode()


def test_cve_2026_75431_powerjob_the_signing_key_can_be_guessed(server, started):
    """Each server makes 32 random bytes of its own and keeps them to itself; what is signed with a guess is nothing."""
    other = started()
    keys = []
    for one in (server, other):
        path = one.folder + "/data/secret.key"
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        keys.append(open(path, "rb").read().strip())
        assert len(base64.urlsafe_b64decode(keys[-1] + b"=")) == 32
    assert keys[0] != keys[1]
    assert other.request("GET", "/auth/me", None, bearer(server.token))[0] == 401
    payload = server.token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert server.request("GET", "/auth/me", None, bearer(jwt(keys[0], claims)))[0] == 200, "the forger of this test can forge"
    guesses = [b"", b"secret", b"mini-scheduler", b"mini_scheduler", b"admin", b"changeme", b"powerjob", b"\0" * 32, b"a" * 32,
               b"0" * 43, str(server.port).encode(), str(int(time.time())).encode(), hashlib.sha256(b"").digest(),
               hashlib.md5(b"admin").hexdigest().encode(), keys[1]]
    for guess in guesses:
        assert server.request("GET", "/auth/me", None, bearer(jwt(guess, claims)))[0] == 401, guess
    for algorithm in ("none", "None", "HS512", "RS256", ""):
        assert server.request("GET", "/auth/me", None, bearer(jwt(keys[0], claims, algorithm)))[0] == 401, algorithm
    refused = subprocess.run([BINARY, "serve", "--port", "0", "--data-dir", server.folder + "/third"], capture_output=True, text=True,
                             timeout=60, cwd=server.folder, env={**os.environ, "SECRET_KEY": "short"})
    assert refused.returncode != 0 and "SECRET_KEY" in refused.stderr


def test_cve_2023_40712_airflow_secrets_are_shown_to_who_may_only_read(server, people, create):
    """Values of variables are for editors; no parameter of the URL unmasks them."""
    canary = "canary-4f1d0c"
    task = create(name="keeps a secret", env={"TOKEN": canary}, command="true")
    server.ask("PATCH", f"/tasks/{task['id']}", {"env": {"TOKEN": canary + "2"}})
    ended = server.run_to_its_end(task["id"], {"env": {"MORE": canary + "3"}})
    paths = ["/tasks", f"/tasks/{task['id']}", f"/tasks/{task['id']}/revisions", f"/tasks/{task['id']}/executions", "/executions",
             f"/executions/{ended['id']}", f"/api/executions/{ended['id']}", f"/executions/{ended['id']}/log",
             f"/tasks/{task['id']}/why", "/api/upcoming", "/api/stats", "/metrics", "/openapi.json", "/ui/tasks",
             f"/tasks?search={canary}", "/tasks?search=TOKEN"]
    for who in ("viewer", "operator"):
        for path in paths:
            for more in ("", "show_env=1", "reveal=true", "unmask=1", "fields=env", "raw=1", "debug=1"):
                target = path + (("&" if "?" in path else "?") + more if more else "")
                status, _, answer = server.request("GET", target, None, bearer(people[who]))
                text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                assert canary.encode() not in text or target.startswith(f"/tasks?search={canary}") and b'"total": 0' in text, (who, target)
        for path in ("/pause", "/resume"):
            answer = server.request("POST", f"/tasks/{task['id']}{path}", None, bearer(people["operator"]))[2]
            assert canary not in json.dumps(answer)
    # a wrong body's error and the audit don't say them either
    answer = server.request("PATCH", f"/tasks/{task['id']}", {"env": {"A=B": canary}, "cron": "x"})[2]
    assert canary not in json.dumps(answer)
    assert canary not in json.dumps(server.ask("GET", "/audit?limit=500")[1])


def test_cve_2026_55562_cronicle_scripts_that_were_stored_run_in_the_page(server, people, create):
    """What users and jobs write reaches a browser as JSON, as text, or escaped; and the policy runs no inline script anyway."""
    script = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    task = create(name=script, description=script, tags=["a<b"], command=f"echo '{script}'")
    ended = server.run_to_its_end(task["id"])
    for path in ("/tasks", f"/tasks/{task['id']}", f"/executions/{ended['id']}", f"/executions/{ended['id']}/log",
                 f"/tasks?search={'%3Cscript%3E'}", "/nothing/%3Cscript%3E", "/ui/%3Cscript%3E"):
        status, headers, answer = server.request("GET", path)
        kind = headers["Content-Type"] or ""
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "'unsafe" not in headers["Content-Security-Policy"]
        assert kind.split(";")[0] in ("application/json", "application/problem+json", "text/plain") or script.encode() not in answer, path
    headers = server.request("GET", f"/executions/{ended['id']}/log")[1]
    assert headers["Content-Type"].startswith("text/plain") and headers["Content-Disposition"].startswith("attachment")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for body, path in (("", f"/ui/tasks/{task['id']}/toggle"), ("name=" + script.replace("&", "%26") + "&cron=" + script, f"/ui/tasks/{task['id']}/update")):
        status, headers, page = server.request("POST", path, body, form)
        assert headers["Content-Type"].startswith("text/html")
        assert b"<script>alert" not in page and b"<img src" not in page, page
        assert "script-src 'self'" in headers["Content-Security-Policy"]
