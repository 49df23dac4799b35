"""`doctor` against servers and folders with one thing wrong each: it finds that one, and says how to mend it."""
import json
import os
import socket
import sqlite3
import subprocess

from conftest import BINARY
from server import free_port


def doctor(folder, *more, port=None):
    done = subprocess.run([BINARY, "doctor", "--json", "--data-dir", str(folder), "--port", str(port or free_port()), *more],
                          capture_output=True, text=True, timeout=60, env={"PATH": os.environ["PATH"]})
    assert done.returncode in (0, 1), done.stderr
    answer = json.loads(done.stdout)
    assert answer["ok"] == (done.returncode == 0)
    for check in answer["checks"]:
        assert check["status"] in ("ok", "warning", "failed")
        assert bool(check["mend"]) == (check["status"] != "ok"), check
    return answer["ok"], {check["check"]: check for check in answer["checks"]}


def failed(checks):
    return [name for name, check in checks.items() if check["status"] == "failed"]


def test_a_running_server_is_well_and_goes_on(server):
    port = server.port
    runner = server.runner_pid()
    ok, checks = doctor(server.folder + "/data", port=port)
    assert ok, checks
    assert list(checks) == ["configuration", "data folder", "secrets", "disk space", "clock", "time zones", "database", "pools",
                            "port", "runner", "kill level"]
    assert checks["runner"]["found"] == "connected"
    assert checks["port"]["found"] == f"http://127.0.0.1:{port}: the server answers"
    assert "sound" in checks["database"]["found"]
    assert checks["kill level"]["found"] == server.ask("GET", "/readyz")[1]["kill_level"]
    assert server.ask("GET", "/readyz")[0] == 200 and server.runner_pid() == runner


def test_pools_that_tasks_name_and_nothing_limits_are_named(server, create, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text("[pools]\nsmall = 1\n")
    for pool in ("small", "smal", "smal", "other"):
        create(pool=pool)
    ok, checks = doctor(server.folder + "/data", "--config", str(config), port=server.port)
    assert ok and checks["pools"]["status"] == "warning"
    assert checks["pools"]["found"].endswith(": other (1 task), smal (2 tasks)")
    log = open(server.folder + "/stderr.log").read()
    assert log.count("task.pool_without_limit") == 4, "this server's own configuration limits none"
    task = server.ask("GET", "/tasks?search=task")[1]["items"][-1]["id"]
    server.ask("PATCH", f"/tasks/{task}", {"description": "x"})
    assert open(server.folder + "/stderr.log").read() == log, "once, and not at each change"
    server.ask("PATCH", f"/tasks/{task}", {"pool": "third"})
    assert "pool=third" in open(server.folder + "/stderr.log").read()


def test_where_nothing_is_yet_all_can_be_made(tmp_path):
    ok, checks = doctor(tmp_path / "data")
    assert ok, checks
    assert "makes it" in checks["data folder"]["found"] and "makes it" in checks["database"]["found"]
    assert "no server runs" in checks["port"]["found"]
    assert list(tmp_path.iterdir()) == [], "a look changes nothing"


def test_what_is_wrong_is_named_with_its_mend(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "secret.key").write_text("x")
    (tmp_path / "secret.key").chmod(0o644)
    (tmp_path / "scheduler.db").write_bytes(b"this is no database, and far from one" * 100)
    (tmp_path / "scheduler.db").chmod(0o600)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ok, checks = doctor(tmp_path, "--host", "127.0.0.1", port=taken.getsockname()[1])
    assert not ok and failed(checks) == ["secrets", "database", "port"], checks
    assert checks["data folder"]["status"] == "warning" and checks["data folder"]["mend"] == f"chmod 700 {tmp_path}"
    assert checks["secrets"]["mend"] == f"chmod 600 {tmp_path}/secret.key"
    assert checks["port"]["found"].endswith("Address already in use")


def test_a_damaged_database_is_found(tmp_path):
    path = tmp_path / "scheduler.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE t (a TEXT)")
        database.executemany("INSERT INTO t VALUES (?)", [("x" * 500,)] * 1000)
        database.execute("CREATE INDEX i ON t (a)")
    database.close()
    content = bytearray(path.read_bytes())
    for at in range(8192, len(content), 4096):
        content[at:at + 64] = os.urandom(64)
    path.write_bytes(content)
    path.chmod(0o600)
    ok, checks = doctor(tmp_path)
    assert not ok and failed(checks) == ["database"], checks
    assert "restore a backup" in checks["database"]["found"] + checks["database"]["mend"]


def test_a_long_folder_has_no_room_for_a_socket(tmp_path):
    ok, checks = doctor(tmp_path / ("long" * 25))
    assert not ok and failed(checks) == ["runner"]
    assert checks["runner"]["mend"] == "choose a shorter --data-dir"


def test_a_configuration_that_cannot_be_read_is_told_with_its_line(tmp_path):
    config = tmp_path / "config.toml"
    config.write_text("[server]\nport = 8000\nprot = 1\n")
    ok, checks = doctor(tmp_path, "--config", str(config))
    assert not ok and list(checks) == ["configuration"]
    assert "prot" in checks["configuration"]["found"] and "3" in checks["configuration"]["found"]


def test_people_get_lines_and_wrong_usage_is_told(tmp_path):
    done = subprocess.run([BINARY, "doctor", "--data-dir", str(tmp_path / "data"), "--port", str(free_port())],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "ok       database: " in done.stdout
    wrong = subprocess.run([BINARY, "doctor", "--nonsense"], capture_output=True, text=True, timeout=60)
    assert wrong.returncode == 2 and len(wrong.stderr.splitlines()) == 1
    assert "doctor" in subprocess.run([BINARY, "--help"], capture_output=True, text=True, timeout=60).stdout
