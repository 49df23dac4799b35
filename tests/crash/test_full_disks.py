"""A disk that is full, or can only be read, under the database, the output or everything. Nothing is lost, nothing hangs."""
import subprocess
import time

import pytest

import oracle
from faults import account, each_second, make, run
from mix import NEVER
from node import Node
from small_disk import RefusingDisk, SmallDisk, SmallDiskOfTheDatabase, SmallDiskOfTheOutput

SMALL_DISKS = [SmallDisk, SmallDiskOfTheDatabase] if SmallDisk.can_be_had() else []


@pytest.fixture(params=[RefusingDisk, *SMALL_DISKS])
def on_small_disk(request):
    instance = Node()
    disk = request.param(instance)
    instance.start()
    yield instance, disk
    instance.close()
    disk.close()


def test_a_full_disk_stops_neither_the_server_nor_a_job_and_loses_no_fire(on_small_disk, tmp_path):
    node, disk = on_small_disk
    task = each_second(node, tmp_path)
    talker = make(node, f"while [ ! -e {tmp_path}/gate ]; do seq 1 2000; sleep 0.05; done; echo the end >{tmp_path}/talked")
    talking = run(node, talker)
    node.wait_until(lambda: node.all_executions("&status=SUCCESS"))
    disk.fill()
    full_until = time.monotonic() + 8
    refused = 0
    while time.monotonic() < full_until:
        assert node.ask("GET", "/healthz")[0] == 200
        status, answer = node.ask("POST", "/tasks", {"name": f"while full {refused}", "cron": NEVER, "command": "true"})
        refused += status != 201
        if status == 201:
            assert node.ask("GET", f"/tasks/{answer['id']}")[0] == 200
        else:
            assert status in (500, 503, 507), answer
        time.sleep(0.1)
    assert refused, "the disk was not full"
    disk.make_room()
    freed = time.time()
    (tmp_path / "gate").touch()
    node.wait_until(lambda: any((oracle.wall(item["scheduled_at"]) or 0) > freed + 1
                                for item in node.all_executions("&status=SUCCESS")))
    found = node.wait_for_end(talking)
    assert (found["status"], (tmp_path / "talked").read_text()) == ("SUCCESS", "the end\n")
    records = account(node, task, tmp_path)
    before = {record["id"]: record["status"] for record in records}
    node.kill_serve()
    node.start()
    after = {record["id"]: record["status"] for record in node.all_executions() if record["task_id"] == task.id}
    assert after == before


def test_a_server_and_its_runner_killed_on_a_full_disk_come_back_and_account_for_every_fire(on_small_disk, tmp_path):
    node, disk = on_small_disk
    task = each_second(node, tmp_path)
    node.wait_until(lambda: node.all_executions("&status=SUCCESS"))
    disk.fill()
    failed = time.time()
    node.wait_until(lambda: time.time() > failed + 2)
    node.kill_serve()
    node.kill_runner()
    disk.make_room()
    node.start()
    node.wait_until(lambda: any(oracle.wall(item["scheduled_at"]) > failed + 4 for item in node.all_executions("&status=SUCCESS")))
    account(node, task, tmp_path)


@pytest.mark.skipif(not SMALL_DISKS, reason="nothing can be mounted here")
def test_a_full_disk_of_the_output_drops_output_and_nothing_else(tmp_path):
    node = Node()
    disk = SmallDiskOfTheOutput(node)
    node.start()
    try:
        task = each_second(node, tmp_path)
        node.wait_until(lambda: node.all_executions("&status=SUCCESS"))
        disk.fill()
        found = node.run_to_its_end(make(node, "seq 1 100000; echo the end"))
        assert found["status"] == "SUCCESS"
        assert found["output_dropped_bytes"] > 0 and found["output_bytes"] == 588895 + len("the end\n")
        kept = make(node, "true")
        disk.make_room()
        after = node.run_to_its_end(make(node, "seq 1 100000; echo the end"))
        assert after["output_dropped_bytes"] == 0 and after["stdout"].endswith("the end\n")
        assert node.ask("GET", f"/tasks/{kept}")[0] == 200
        records = account(node, task, tmp_path)
        assert {record["status"] for record in records} == {"SUCCESS"}
    finally:
        node.close()
        disk.close()


@pytest.mark.skipif(not SMALL_DISKS, reason="nothing can be mounted here")
@pytest.mark.parametrize("disk_kind", SMALL_DISKS)
def test_a_database_that_can_only_be_read_is_refused_with_words_and_whole_afterwards(disk_kind, tmp_path):
    node = Node()
    disk = disk_kind(node)
    node.start()
    try:
        task = each_second(node, tmp_path)
        node.wait_until(lambda: node.all_executions("&status=SUCCESS"))
        node.kill_serve()
        node.kill_runner()
        disk.mount_again("ro")
        words = subprocess.run([*node.prefix, node.binary, "serve", "--port", str(node.port), "--data-dir", node.folder + "/data",
                                *node.options], capture_output=True, text=True, timeout=60, cwd=node.folder)
        assert words.returncode == 1 and len(words.stderr.strip().splitlines()) >= 1
        assert "read-only" in words.stderr.lower() or "may not be written" in words.stderr, words.stderr
        disk.mount_again("rw")
        node.start()
        account(node, task, tmp_path)
    finally:
        node.close()
        disk.close()
