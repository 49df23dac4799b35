"""What a browser is told, and what another site's page in it can't do."""
import json

import pytest
from wire import Wire, bearer

POLICY = {
    "content-security-policy": ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'",
                                "form-action 'self'"],
    "x-content-type-options": ["nosniff"], "x-frame-options": ["DENY"], "referrer-policy": ["same-origin"],
    "cross-origin-opener-policy": ["same-origin"], "cross-origin-resource-policy": ["same-origin"],
    "permissions-policy": ["camera=()", "microphone=()", "geolocation=()"],
}


def cookie_of(server):
    wire = Wire(server.port)
    status, fields, _ = wire.ask("POST", "/auth/login", {"Content-Type": "application/json"},
                                 json.dumps({"username": "admin", "password": "admin123"}).encode())
    wire.close()
    assert status == 200
    return fields["set-cookie"]


@pytest.mark.parametrize("method,target", [("GET", "/ui/tasks"), ("GET", "/login"), ("GET", "/tasks"), ("GET", "/nothing"), ("GET", "/healthz"),
                                           ("POST", "/auth/login"), ("DELETE", "/tasks"), ("GET", "//"), ("GET", "/" + "a" * 9000), ("FOO BAR", "/")])
def test_each_answer_carries_the_policy(server, method, target):
    wire = Wire(server.port)
    _, fields, _ = wire.ask(method, target, bearer(server.token))
    wire.close()
    for name, parts in POLICY.items():
        for part in parts:
            assert part in fields[name], (name, fields)
    assert "unsafe" not in fields["content-security-policy"]
    assert "strict-transport-security" not in fields, "nothing of TLS is promised where there is none"
    assert "server" not in fields and "x-powered-by" not in fields and "access-control-allow-origin" not in fields


def test_the_pages_hold_no_inline_script_or_style(server):
    wire = Wire(server.port)
    for path in ("/ui/tasks", "/login", "/docs"):
        page = wire.ask("GET", path)[2].decode().lower()
        for part in page.split("<script")[1:]:
            assert part.split(">", 1)[1].split("</script", 1)[0].strip() == "", path
        assert " style=" not in page and "javascript:" not in page and " onload=" not in page
        policy = wire.ask("GET", path)[1]["content-security-policy"]
        # the API's description draws itself into a shadow root with styles of its own; scripts are files there too
        assert path == "/docs" or "<style" not in page and "unsafe" not in policy
        assert "script-src 'self';" in policy and "frame-ancestors 'none'" in policy
    wire.close()


def test_the_cookie_is_the_pages_alone(server):
    cookie = cookie_of(server)
    for part in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


FOREIGN = [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://localhost:1"}, {"Origin": "https://localhost.evil.example"},
           {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
           {"Origin": "http://localhost@evil.example"}, {"Origin": "localhost"}, {"Origin": ""}]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_another_sites_page_can_not_use_the_cookie(server, create, headers):
    task = create()
    cookie = {"Cookie": cookie_of(server).split(";")[0]}
    wire = Wire(server.port)
    json_type = {"Content-Type": "application/json"}
    form_type = {"Content-Type": "application/x-www-form-urlencoded"}
    before = server.ask("GET", "/tasks?page_size=1")[1]["total"]
    for method, path, kind, body in (("POST", "/tasks", json_type, b'{"name":"x","cron":"@daily","command":"id"}'),
                                     ("POST", "/ui/tasks/create", form_type, b"name=x&cron=@daily&command=id"),
                                     ("POST", f"/tasks/{task['id']}/run", {}, b""), ("POST", f"/tasks/{task['id']}/delete", {}, b""),
                                     ("DELETE", f"/tasks/{task['id']}", {}, b""), ("PATCH", f"/tasks/{task['id']}", json_type, b'{"name":"y"}'),
                                     ("POST", "/auth/logout", {}, b"")):
        assert wire.ask(method, path, {**cookie, **kind, **headers}, body)[0] == 403, (method, path)
    login = b'{"username":"admin","password":"admin123"}'
    assert wire.ask("POST", "/auth/login", {**json_type, **headers}, login)[0] == 403, "a log-in under another's name"
    assert wire.ask("GET", "/auth/me", cookie)[0] == 200
    wire.close()
    assert server.ask("GET", "/tasks?page_size=1")[1]["total"] == before


def test_the_own_page_uses_the_cookie_with_json_or_a_form_only(server):
    cookie = {"Cookie": cookie_of(server).split(";")[0], "Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    wire = Wire(server.port)
    body = b'{"name":"x","cron":"0 0 1 1 *","command":"true"}'
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/octet-stream", "text/json", ""):
        assert wire.ask("POST", "/tasks", {**cookie, "Content-Type": kind}, body)[0] == 415, kind
    assert wire.ask("POST", "/tasks", cookie, body)[0] == 415
    assert wire.ask("POST", "/tasks", {**cookie, "Content-Type": "application/x-www-form-urlencoded"}, body)[0] == 415
    assert wire.ask("POST", "/tasks", {**cookie, "Content-Type": "application/json"}, body)[0] == 201
    wire.close()


def test_only_names_of_this_server_are_answered(server):
    """A page elsewhere whose name is made to point at 127.0.0.1 gets nothing."""
    port = server.port
    wire = Wire(port)
    for good in ("localhost", f"localhost:{port}", "LOCALHOST", "localhost.", "127.0.0.1", f"127.0.0.1:{port}", "127.1.2.3", f"[::1]:{port}", "[::1]", "localhost:"):
        assert wire.ask("GET", "/healthz", host=good)[0] == 200, good
    for bad in ("evil.example", f"evil.example:{port}", "localhost.evil.example", "127.0.0.1.evil.example", "localhost@evil.example",
                "user@localhost", "user:password@localhost", "localhost:80:80", "localhost/", "localhost#", "localhost?", "local host", "[::2]", "[::1",
                "::1", "0x7f000001", "2130706433", "127.1", "0", "0.0.0.0", "017700000001", "localhost%00", "localhost%2eevil.example", "ⓛocalhost",
                "localhost\\evil", "192.168.1.1", "[::ffff:10.0.0.1]", "localhost:x", "localhost:999999", "localhost,evil.example", "*", ".", ""):
        status = wire.ask("GET", "/healthz", host=bad)[0]
        assert status == 421, (bad, status)
    assert wire.ask("GET", "/healthz", host=None)[0] == 400
    assert wire.ask("GET", "http://evil.example/healthz")[0] == 421
    assert wire.ask("GET", "http://127.0.0.1/healthz", host="localhost")[0] == 400, "two names for one host"
    wire.close()
