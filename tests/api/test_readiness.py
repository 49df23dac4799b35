"""/readyz tells a database that takes no write, and a runner that answers nothing, though both are connected and live."""
import os
import signal
import sqlite3

from test_doctor import doctor


def ready(server):
    status, answer = server.ask("GET", "/readyz")
    assert (status, answer["status"]) in ((200, "ready"), (503, "not ready"))
    return status == 200, answer["checks"]


def test_a_database_that_another_program_holds_makes_the_server_not_ready_until_it_is_let_go(server):
    with sqlite3.connect(server.folder + "/data/scheduler.db", isolation_level=None) as foreign:
        foreign.execute("BEGIN IMMEDIATE")
        server.wait_until(lambda: not ready(server)[0])
        checks = ready(server)[1]
        assert checks["runner"] == "ok"
        assert checks["database"].startswith("a write has waited for ") and "another program holds the database" in checks["database"]
        ok, found = doctor(server.folder + "/data", port=server.port)
        assert not ok and "a write has waited for " in found["database"]["found"]
        foreign.execute("ROLLBACK")
    server.wait_until(lambda: ready(server)[0])


def test_a_runner_that_is_stopped_makes_the_server_not_ready_until_it_goes_on(server):
    runner = server.runner_pid()
    os.kill(runner, signal.SIGSTOP)
    try:
        server.wait_until(lambda: not ready(server)[0])
        checks = ready(server)[1]
        assert checks["database"] == "ok"
        assert checks["runner"].startswith("connected, but has not answered for ")
        ok, found = doctor(server.folder + "/data", port=server.port)
        assert not ok and found["runner"]["found"].startswith("connected, but has not answered for ")
        silent = next(line for line in server.ask("GET", "/metrics")[1].decode().splitlines()
                      if line.startswith("mini_scheduler_runner_silent_seconds "))
        assert float(silent.split()[1]) >= 3
    finally:
        os.kill(runner, signal.SIGCONT)
    server.wait_until(lambda: ready(server)[0])
    assert server.runner_pid() == runner

