"""Faults that take minutes: `make soak` runs them, `make test` their smaller kin (test_faults.py)."""
import pathlib
import sqlite3
import time

import oracle
from faults import DROPPED, MIB, account, each_second, log_of, make, node, peak_mb  # noqa: F401

HOLD_S = 60
GIB = 1 << 30


def disk_bytes(folder):
    return sum(path.stat().st_blocks * 512 for path in pathlib.Path(folder).rglob("*") if path.is_file())


def test_a_foreign_writer_that_holds_the_database_for_a_minute_costs_no_fire(node, tmp_path):  # noqa: F811
    task = each_second(node, tmp_path)
    node.wait_until(lambda: node.all_executions("&status=SUCCESS"))
    foreign = sqlite3.connect(node.folder + "/data/scheduler.db", isolation_level=None, timeout=30)
    foreign.execute("BEGIN IMMEDIATE")
    held_until, slowest = time.monotonic() + HOLD_S, 0
    while time.monotonic() < held_until:
        asked = time.monotonic()
        assert node.ask("GET", "/healthz")[0] == 200 and node.ask("GET", "/tasks")[0] == 200
        slowest = max(slowest, time.monotonic() - asked)
        time.sleep(0.1)
    foreign.execute("ROLLBACK")
    foreign.close()
    released = time.time()
    assert slowest < 5, f"an answer took {slowest:.1f} s"
    node.wait_until(lambda: any(oracle.wall(item["scheduled_at"]) > released for item in node.all_executions("&status=SUCCESS")))
    records = account(node, task, tmp_path)
    assert {record["status"] for record in records} <= {"SUCCESS", "MISSED"}


def test_10_gb_of_output_stay_bounded_on_disk_and_in_memory(node):  # noqa: F811
    runner, serve = node.wait_until(node.runner_pid), node.process.pid
    node.run_to_its_end(make(node, "echo first"))
    before, used = (peak_mb(runner), peak_mb(serve)), disk_bytes(node.folder + "/data")
    task_id = make(node, "echo begin; head -c 10G /dev/zero; echo the end")
    execution_id = node.ask("POST", f"/tasks/{task_id}/run", {})[1]["execution_id"]
    most = 0

    def ended():
        nonlocal most
        most = max(most, disk_bytes(node.folder + "/data"))
        return node.ask("GET", f"/executions/{execution_id}")[1]["status"] not in ("PENDING", "RUNNING")
    node.wait_until(ended, 600)
    found = node.ask("GET", f"/executions/{execution_id}")[1]
    assert (found["status"], found["output_bytes"]) == ("SUCCESS", 10 * GIB + len("begin\nthe end\n"))
    assert most < used + 24 * MIB, f"{most - used} bytes on the disk"
    assert peak_mb(runner) < before[0] + 16 and peak_mb(serve) < before[1] + 64
    log = log_of(node, execution_id)
    assert len(log) <= 10 * MIB + 4096 and DROPPED in log and log.endswith(b"the end\n")
    print(f"\n10 GB of output in {found['duration_ms'] / 1000:.0f} s, {(most - used) / MIB:.1f} MiB of disk at most, "
          f"runner {peak_mb(runner):.0f} MB")


def test_a_line_of_1_gb_does_no_harm(node):  # noqa: F811
    runner = node.wait_until(node.runner_pid)
    before = peak_mb(runner)
    execution_id = node.ask("POST", f"/tasks/{make(node, 'head -c 1G /dev/zero; echo; echo the end')}/run", {})[1]["execution_id"]
    node.wait_until(lambda: node.ask("GET", f"/executions/{execution_id}")[1]["status"] not in ("PENDING", "RUNNING"), 300)
    found = node.ask("GET", f"/executions/{execution_id}")[1]
    assert (found["status"], found["output_bytes"]) == ("SUCCESS", GIB + len("\nthe end\n"))
    assert peak_mb(runner) < before + 16
    assert len(found["stdout"]) < 70 * 1024 and found["stdout"].endswith("\nthe end\n")
