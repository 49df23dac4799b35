"""Tasks as code: `apply` and `export` against a running server."""
import json
import re

import pytest

from conftest import BINARY, ROOT, CommandLine
from server import Server

DONE, FAILED, WRONG_USAGE, NOT_FOUND, NOT_ALLOWED = range(5)
TWO = """
[[tasks]]
name = 'fetch'
cron = '*/5 * * * *'
command = '''
echo one
echo two'''
on_success = ['夜间报告']

[[tasks]]
name = '夜间报告'
cron = '0 9 * * 1-5'
timezone = 'Asia/Shanghai'
command = 'true'
retry = { max_attempts = 3 }
status = 'PAUSED'
"""


@pytest.fixture
def empty():
    """A server without a task, and its command line."""
    server = Server(BINARY).start()
    yield server, CommandLine(server)
    server.close()


def tasks_of(server):
    return {task["name"]: task for task in server.ask("GET", "/tasks?page_size=500")[1]["items"]}


def test_a_file_makes_tasks_once_and_changes_what_differs(empty):
    server, command_line = empty
    first = command_line.run("apply", "-f", "-", stdin=TWO)
    assert first.returncode == DONE, first.stderr
    assert first.stdout == "+ fetch\n+ 夜间报告\n2 created, 0 changed, 0 deleted, 0 as they are\n"
    tasks = tasks_of(server)
    assert tasks["fetch"]["on_success"] == [tasks["夜间报告"]["id"]] and tasks["fetch"]["command"] == "echo one\necho two"
    assert tasks["夜间报告"]["status"] == "PAUSED" and tasks["夜间报告"]["retry"]["max_attempts"] == 3
    again = command_line.run("apply", "-f", "-", stdin=TWO)
    assert again.stdout == "0 created, 0 changed, 0 deleted, 2 as they are\n"
    assert tasks_of(server) == tasks, "nothing was touched"
    changed = TWO.replace("0 9 * * 1-5", "30 9 * * 1-5").replace("PAUSED", "ACTIVE").replace("retry = { max_attempts = 3 }\n", "")
    dry = command_line.run("apply", "-f", "-", "--dry-run", stdin=changed)
    assert dry.returncode == DONE and tasks_of(server) == tasks
    assert dry.stdout == ('~ 夜间报告\n    cron: "0 9 * * 1-5" -> "30 9 * * 1-5"\n    retry.max_attempts: 3 -> 1\n    status: "PAUSED" -> "ACTIVE"\n'
                          "0 to be created, 1 to be changed, 0 to be deleted, 1 as they are\n")
    assert command_line.run("apply", "-f", "-", stdin=changed).returncode == DONE
    report = tasks_of(server)["夜间报告"]
    assert (report["cron"], report["status"], report["retry"]["max_attempts"]) == ("30 9 * * 1-5", "ACTIVE", 1)
    assert report["id"] == tasks["夜间报告"]["id"]


def test_what_was_exported_applies_to_another_server_and_changes_nothing_here(empty):
    server, command_line = empty
    assert command_line.run("apply", "-f", "-", stdin=TWO).returncode == DONE
    server.ask("POST", "/tasks", {"name": "call", "cron": "@hourly", "http": {"url": "http://127.0.0.1:1/x"}, "env": {"A": "b'c\n"}, "tags": ["x"],
                                  "limits": {"memory_bytes": 1 << 30}, "starts_at": "2030-01-01T00:00:00Z"})
    for extension, words in (("toml", []), ("json", ["--format", "json"])):
        file = f"{server.folder}/tasks.{extension}"
        done = command_line.run("export", "-o", file, *words)
        assert done.returncode == DONE, done.stderr
        assert command_line.run("apply", "-f", file, "--prune").stdout == "0 created, 0 changed, 0 deleted, 3 as they are\n"
        other = Server(BINARY).start()
        try:
            assert CommandLine(other).run("apply", "-f", file).returncode == DONE
            ours, theirs = tasks_of(server), tasks_of(other)
            assert ours.keys() == theirs.keys()
            assert ours["call"]["http"] == theirs["call"]["http"] and ours["call"]["env"] == theirs["call"]["env"]
            assert theirs["fetch"]["on_success"] == [theirs["夜间报告"]["id"]]
        finally:
            other.close()
    one = command_line.run("export", "call")
    assert one.stdout.startswith("[[tasks]]\nname = 'call'\n") and "fetch" not in one.stdout


def test_what_was_exported_names_no_task_that_is_gone(empty):
    server, command_line = empty
    before, behind, stays = (server.ask("POST", "/tasks", {"name": name, "cron": "@hourly", "command": "true"})[1]["id"] for name in ("before", "behind", "stays"))
    chained = {"name": "chained", "cron": "@hourly", "command": "true", "after": {"tasks": [before]}, "on_failure": [behind, stays]}
    assert server.ask("POST", "/tasks", chained)[0] == 201
    assert command_line.run("task", "delete", before, behind).returncode == DONE
    exported = command_line.run("export")
    assert exported.returncode == DONE and "after" not in exported.stdout and "on_failure = [ 'stays' ]" in exported.stdout, exported.stdout
    again = command_line.run("apply", "-f", "-", stdin=exported.stdout)
    assert (again.returncode, again.stdout) == (DONE, "0 created, 0 changed, 0 deleted, 2 as they are\n"), again.stderr


def test_prune_deletes_what_the_file_lacks_and_a_chain_may_turn_round(empty):
    server, command_line = empty
    chain = [{"name": name, "cron": "@yearly", "command": "true"} for name in "abc"]
    chain[0]["on_success"], chain[1]["on_success"] = ["b"], ["c"]
    assert command_line.run("apply", "-f", "-", stdin=json.dumps({"tasks": chain})).returncode == DONE
    # in an order in which the first change makes a loop until the last has been made
    turned = [{"name": name, "cron": "@yearly", "command": "true"} for name in "cba"]
    turned[0]["on_success"], turned[1]["on_success"] = ["b"], ["a"]
    done = command_line.run("apply", "-f", "-", stdin=json.dumps({"tasks": turned}))
    assert done.returncode == DONE, done.stdout
    tasks = tasks_of(server)
    assert tasks["c"]["on_success"] == [tasks["b"]["id"]] and tasks["b"]["on_success"] == [tasks["a"]["id"]]
    assert tasks["a"]["on_success"] == []
    pruned = command_line.json("apply", "-f", "-", "--prune", stdin=json.dumps({"tasks": turned[2:]}))
    assert [(change["name"], change["change"]) for change in pruned["changes"]] == [("a", "none"), ("b", "delete"), ("c", "delete")]
    assert list(tasks_of(server)) == ["a"]


def test_a_file_that_is_wrong_changes_nothing(empty):
    server, command_line = empty
    for wrong, why in ((TWO.replace("*/5", "*/0"), "task 'fetch': cron"), (TWO + "[[tasks]]\nname = 'fetch'\n", "two of its tasks"),
                       (TWO.replace("['夜间报告']", "['nobody']"), "there is no task 'nobody'"), (TWO + "[[tasks]\n", "no TOML")):
        done = command_line.run("apply", "-f", "-", stdin=wrong)
        assert done.returncode == FAILED and why in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr
    loop = TWO + "on_success = ['fetch']\n"
    done = command_line.run("apply", "-f", "-", stdin=loop)
    assert done.returncode == FAILED and "loop" in done.stdout, done.stdout
    assert command_line.run("apply", "-f", "nowhere.toml").returncode == NOT_FOUND
    assert command_line.run("apply").returncode == WRONG_USAGE
    assert command_line.run("export", "nobody").returncode == NOT_FOUND
    assert command_line.run("apply", "-f", "-", stdin=TWO, env={"MINI_SCHEDULER_TOKEN": "mst_wrong"}).returncode == NOT_ALLOWED


def test_the_file_that_the_docs_show_applies(empty):
    server, command_line = empty
    shown = re.search(r"```toml\n(.*?)```", (ROOT / "docs/operating.md").read_text(encoding="utf-8"), re.DOTALL).group(1)
    assert command_line.run("apply", "-f", "-", stdin=shown).returncode == DONE
    assert sorted(tasks_of(server)) == ["fetch", "report"]


def test_tasks_of_one_name_are_told_of(empty):
    server, command_line = empty
    for _ in range(2):
        server.ask("POST", "/tasks", {"name": "twin", "cron": "@yearly", "command": "true"})
    exported = command_line.run("export")
    assert exported.returncode == FAILED and "2 tasks are named 'twin'" in exported.stderr
    applied = command_line.run("apply", "-f", "-", stdin="[[tasks]]\nname = 'twin'\ncron = '@yearly'\ncommand = 'true'\n")
    assert applied.returncode == FAILED and "several of that name" in applied.stderr
