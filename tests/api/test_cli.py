"""The binary's client commands against a running server."""
import json
import os
import re
import stat
import subprocess

import pytest

from conftest import BINARY, ROOT, CommandLine
from server import Server

DONE, FAILED, WRONG_USAGE, NOT_FOUND, NOT_ALLOWED, NOT_REACHABLE = range(6)


def test_help_is_everywhere_and_the_version_is_told(command_line):
    for words in ([], ["task"], ["task", "create"], ["task", "backfill"], ["task", "why"], ["task", "revisions"], ["task", "restore"],
                  ["task", "cleanup"], ["execution"], ["import", "crontab"], ["cron", "next"], ["user"], ["token"], ["serve"], ["runner"]):
        done = command_line.run(*words, "--help")
        assert done.returncode == DONE and "Usage" in done.stdout, words
    assert command_line.run("--version").stdout.startswith("mini-scheduler 0.")


@pytest.mark.parametrize("words", [[], ["tusk"], ["task"], ["task", "lists"], ["task", "show"], ["task", "list", "--colour"],
                                   ["serve", "--port", "many"], ["serve", "--colour"], ["cron", "next", "61 * * * *"],
                                   ["task", "create", "--env", "novalue"]])
def test_wrong_usage_is_exit_code_2_and_one_line(command_line, words):
    done = command_line.run(*words)
    assert done.returncode == WRONG_USAGE, done.stderr
    assert len(done.stderr.splitlines()) == 1 and done.stderr.strip()


@pytest.mark.parametrize("shell, begin", [("bash", ""), ("zsh", "autoload -U compinit && compinit -D; ")])
def test_a_shell_completes_commands_and_options(command_line, shell, begin):
    script = command_line.run("completion", shell)
    assert script.returncode == DONE, script.stderr

    def completed(*words):
        ask = (f"{begin}source /dev/stdin; COMP_WORDS=({' '.join(words)} ''); COMP_CWORD={len(words)}; [ -z \"$ZSH_VERSION\" ] || setopt KSH_ARRAYS; "
               "_mini_scheduler; echo ${COMPREPLY[@]}")
        done = subprocess.run([shell, "-c", ask], input=script.stdout, text=True, capture_output=True, timeout=20, env={"PATH": os.environ["PATH"]})
        assert done.returncode == 0 and not done.stderr, done.stderr
        return set(done.stdout.split())
    assert {"serve", "task", "apply", "backup", "--server", "--json"} <= completed("mini-scheduler")
    assert "http-call" not in completed("mini-scheduler")
    assert {"list", "logs", "run", "backfill", "why", "revisions", "restore", "cleanup"} <= completed("mini-scheduler", "--json", "task")
    assert {"--from", "--to", "--overlap"} <= completed("mini-scheduler", "task", "backfill")
    assert {"--cron", "--max-memory"} <= completed("mini-scheduler", "task", "create", "--name", "run")
    assert command_line.run("completion", "fish").returncode == WRONG_USAGE


def test_exit_codes_tell_what_was_wrong(server, command_line):
    assert command_line.run("task", "show", "nobody").returncode == NOT_FOUND
    assert command_line.run("task", "show", "987654").returncode == NOT_FOUND
    assert command_line.run("task", "list", "--server", "http://127.0.0.1:1").returncode == NOT_REACHABLE
    assert command_line.run("task", "list", env={"MINI_SCHEDULER_TOKEN": "mst_wrong"}).returncode == NOT_ALLOWED
    wrong_field = command_line.run("task", "create", "--name", "x", "--cron", "61 * * * *", "--command", "true")
    assert wrong_field.returncode == FAILED and "cron" in wrong_field.stderr


def test_a_task_from_its_making_to_its_end(command_line):
    made = command_line.json("task", "create", "--name", "pipeline", "--cron", "0 0 1 1 *", "--command", "echo $A; exit 0",
                             "--env", "A=b=c", "--tag", "x", "--tag", "y", "--retry", 2, "--set", "retry.jitter=0.5", "--timeout", 9)
    assert made["env"] == {"A": "b=c"} and made["tags"] == ["x", "y"] and made["timeout_s"] == 9
    assert made["retry"]["max_attempts"] == 2 and made["retry"]["jitter"] == 0.5
    assert "pipeline" in command_line.run("task", "list", "--tag", "x").stdout
    waited = command_line.run("task", "run", "pipeline", "--wait", "--env", "A=other")
    assert waited.returncode == DONE and waited.stdout == "other\n"
    assert command_line.run("task", "logs", "pipeline").stdout == "other\n"
    items = command_line.json("execution", "list", "--task", "pipeline")["items"]
    assert len(items) == 1 and items[0]["status"] == "SUCCESS"
    assert "SUCCESS" in command_line.run("execution", "show", items[0]["id"]).stdout
    assert command_line.run("execution", "logs", items[0]["id"], "--follow").stdout == "other\n"
    assert command_line.json("task", "update", "pipeline", "--command", "exit 3")["command"] == "exit 3"
    assert command_line.run("task", "run", "pipeline", "--wait").returncode == FAILED
    assert command_line.json("task", "pause", "pipeline")["status"] == "PAUSED"
    assert command_line.json("task", "resume", "pipeline")["status"] in ("ACTIVE", "FAILED", "PENDING", "RUNNING")
    assert command_line.run("task", "delete", "pipeline", "nobody").returncode == NOT_FOUND
    assert command_line.run("task", "show", "pipeline").returncode == NOT_FOUND


def test_cancelling_and_running_again(server, command_line):
    command_line.json("task", "create", "--name", "long", "--cron", "@yearly", "--command", "sleep 300")
    execution = command_line.json("task", "run", "long")["execution_id"]
    assert command_line.run("task", "run", "long").returncode == FAILED
    assert command_line.run("execution", "cancel", execution).returncode == DONE
    assert server.wait_for_end(execution)["status"] == "CANCELLED"
    again = command_line.json("execution", "retry", execution)["execution_id"]
    assert command_line.run("execution", "cancel", again).returncode == DONE
    command_line.run("task", "delete", "long")


def test_the_fires_of_a_past_window_run(server, command_line, create):
    task = create(name="late reports", cron="*/10 * * * *", command="true")
    window = ("--from", "2026-01-01T00:00:00Z", "--to", "2026-01-01T01:00:00Z")
    done = command_line.run("task", "backfill", "late reports", *window)
    assert done.returncode == DONE, done.stderr
    ids = sorted(item["id"] for item in command_line.json("execution", "list", "--task", task["id"])["items"])
    assert len(ids) == 6
    assert done.stdout == f"Made 6 executions of task {task['id']}, from {ids[0]} to {ids[-1]}\n"
    for execution in ids:
        server.wait_for_end(execution)
    told = [server.ask("GET", f"/executions/{execution}")[1] for execution in ids]
    assert [(one["trigger"], one["scheduled_at"]) for one in told] == [("backfill", f"2026-01-01T00:{minute:02}:00Z") for minute in range(0, 60, 10)]
    nothing = command_line.run("task", "backfill", "late reports", "--from", "2026-01-01T02:01:00Z", "--to", "2026-01-01T02:09:00Z")
    assert (nothing.returncode, nothing.stdout) == (DONE, f"Task {task['id']} has no fire in that window\n")


def test_the_overlap_of_a_backfill_is_sent(server, command_line, create):
    task = create(cron="*/10 * * * *", command="sleep 300")
    window = ("--from", "2026-01-01T00:00:00Z", "--to", "2026-01-01T00:30:00Z")
    ids = command_line.json("task", "backfill", task["id"], *window, "--overlap", "skip")["execution_ids"]
    runs, skipped = (server.ask("GET", f"/executions/{execution}")[1] for execution in ids)
    assert runs["status"] in ("PENDING", "RUNNING") and (skipped["status"], skipped["count"]) == ("SKIPPED", 2)
    command_line.run("execution", "cancel", ids[0])


def test_what_became_of_a_fire_is_told(server, command_line, create):
    task = create(cron="* * * * * *")
    def two_fires():  # of the first one nothing is before
        found = server.ask("GET", f"/executions?task_id={task['id']}&status=SUCCESS")[1]["items"]
        return found if len(found) > 1 else None

    ran = server.wait_until(two_fires)[0]
    command_line.run("task", "pause", task["id"])
    told = server.ask("GET", f"/tasks/{task['id']}/why?at={ran['scheduled_at']}")[1]
    done = command_line.run("task", "why", task["id"], "--at", ran["scheduled_at"])
    assert done.returncode == DONE and done.stdout.startswith(told["answer"] + "\n\n"), done.stdout
    shown = dict(re.findall(r"^(\S+(?: \S+)*)  +(.+)$", done.stdout, re.MULTILINE))
    assert shown["execution"] == str(ran["id"]) and shown["schedule"] == told["schedule"]
    assert {name: shown[name] for name in ("fire time", "fire before", "fire after")} == {
        "fire time": ran["scheduled_at"].replace("T", " "), "fire before": told["previous_fire"].replace("T", " "),
        "fire after": told["next_fire"].replace("T", " ")}
    assert command_line.json("task", "why", task["id"], "--at", ran["scheduled_at"])["verdict"] == "ran"
    assert command_line.json("task", "why", task["id"], "--lang", "zh")["schedule"] != told["schedule"]


def test_a_former_version_is_told_and_comes_back(command_line, create):
    task = create(name="versions", command="echo one")
    command_line.json("task", "update", "versions", "--command", "echo two", "--tag", "x")
    rows = [re.split("  +", line.strip()) for line in command_line.run("task", "revisions", "versions").stdout.splitlines()]
    assert rows[0] == ["REVISION", "MADE", "BY", "CHANGED"]
    assert [row[0] for row in rows[1:]] == ["2", "1"] and [row[2] for row in rows[1:]] == ["admin", "admin"]
    assert set(rows[1][3].split(", ")) == {"command", "tags"} and rows[2][3] == "-"
    assert [item["revision"] for item in command_line.json("task", "revisions", task["id"])["items"]] == [2, 1]
    done = command_line.run("task", "restore", "versions", 1)
    assert done.returncode == DONE and done.stdout.startswith(f"Restored task {task['id']} 'versions'; next run "), done.stderr
    assert command_line.json("task", "show", task["id"])["command"] == "echo one"
    assert command_line.run("task", "restore", "versions", 77).returncode == NOT_FOUND


def test_executions_are_listed_by_what_their_output_holds(server, command_line, create):
    task = create(name="speaker", command="echo $SAID")
    found = [server.run_to_its_end(task["id"], {"env": {"SAID": text}})["id"] for text in ("Needle & 100%", "straw", "needle & 100%")]
    said = ("execution", "list", "--task", "speaker", "--output-contains", "NEEDLE & 100%")
    assert [item["id"] for item in command_line.json(*said)["items"]] == [found[2], found[0]]
    first = command_line.run(*said, "--limit", 1).stdout
    assert "searched back to 20" in first and f"--before {found[2]} goes on from there" in first
    assert "searched back" not in command_line.run("execution", "list", "--limit", 1).stdout


def test_ended_executions_are_deleted(server, command_line, create):
    task = create(name="tidy")
    for _ in range(4):
        server.run_to_its_end(task["id"])
    done = command_line.run("task", "cleanup", "tidy", "--keep", 1)
    assert (done.returncode, done.stdout) == (DONE, f"Deleted 3 executions of task {task['id']}\n")
    assert command_line.json("task", "cleanup", "tidy", "--older-than", 1) == {"deleted": 0}
    assert command_line.json("task", "cleanup", "tidy", "--older-than", 0) == {"deleted": 1}


@pytest.mark.parametrize("words", [
    "task cleanup x", "task cleanup x --keep 1 --older-than 2", "task cleanup x --keep -1", "task cleanup x --older-than 36501",
    "task backfill x --from 2026-01-01", "task backfill x --from yesterday --to 2026-01-01", "task backfill x --from 2026-01-01 --to 2026-13-01",
    "task backfill x --from 2026-01-01 --to 2026-01-02 --overlap heap", "task why x --at noon", "task why x --lang fr", "task restore x",
    "task restore x 0", "task restore x one", "task list --page 0", "task list --page-size 501", "task list --status ASLEEP", "task list --sort colour",
    "task list --order up", "task logs x --stream both2", "execution list --limit 0", "execution list --limit 501", "execution list --status ASLEEP",
    "execution list --trigger finger", "execution list --since noon", "execution list --until noon", "execution logs 1 --stream out",
    "simulate --days 0", "simulate --days 367", "simulate --days x", "simulate --limit 1001", "token create ci --expires-in-days 0",
    "token create ci --expires-in-days 3651", "token create ci --scope all", "user add x --role king", "user role x king", "cron next * --count 0"])
def test_a_value_that_an_option_does_not_take_is_wrong_usage(command_line, words):
    """Told before a server is asked: none is there."""
    done = command_line.run(*words.split(), "--server", "http://127.0.0.1:1")
    assert done.returncode == WRONG_USAGE and not done.stdout, done.stderr
    assert len(done.stderr.splitlines()) == 1 and ("--" in done.stderr or words.split()[-1] in done.stderr)


def test_the_past_of_a_task_that_is_not_there_is_not_found(command_line):
    window = ("--from", "2026-01-01", "--to", "2026-01-02")
    for words in (("backfill", *window), ("why",), ("revisions",), ("restore", "1"), ("cleanup", "--keep", "1")):
        for name in ("nobody", "987654"):
            done = command_line.run("task", words[0], name, *words[1:])
            assert done.returncode == NOT_FOUND and len(done.stderr.splitlines()) == 1, done.stderr


def test_accounts_roles_and_log_in(server, command_line):
    assert command_line.run("user", "add", "vera", "--role", "viewer", stdin="a long password\n").returncode == DONE
    assert "vera" in command_line.run("user", "list").stdout
    vera = CommandLine(server)
    vera.home = server.folder + "/vera"
    elsewhere = server.folder + "/vera-works-here"
    os.makedirs(elsewhere)
    url = ["--server", f"http://127.0.0.1:{server.port}"]
    assert vera.run("task", "list", *url, folder=elsewhere).returncode == NOT_ALLOWED
    assert vera.run("login", "vera", *url, stdin="wrong password\n", folder=elsewhere).returncode == NOT_ALLOWED
    assert vera.run("login", "vera", *url, stdin="a long password\n", folder=elsewhere).returncode == DONE
    kept = server.folder + "/vera/.config/mini-scheduler/credentials.json"
    assert stat.S_IMODE(os.stat(kept).st_mode) == 0o600
    assert vera.run("task", "list", *url, folder=elsewhere).returncode == DONE
    refused = vera.run("task", "create", "--name", "x", "--cron", "@daily", "--command", "true", *url, folder=elsewhere)
    assert refused.returncode == NOT_ALLOWED
    assert command_line.run("user", "role", "vera", "editor").returncode == DONE
    assert vera.run("task", "create", "--name", "hers", "--cron", "@daily", "--command", "true", *url, folder=elsewhere).returncode == DONE
    assert command_line.run("user", "disable", "vera").returncode == DONE
    assert vera.run("task", "list", *url, folder=elsewhere).returncode == NOT_ALLOWED
    assert command_line.run("user", "enable", "vera").returncode == DONE
    assert command_line.run("user", "passwd", "vera", stdin="another password\n").returncode == DONE
    assert vera.run("login", "vera", *url, stdin="another password\n", folder=elsewhere).returncode == DONE
    assert vera.run("logout", *url, folder=elsewhere).returncode == DONE
    assert vera.run("task", "list", *url, folder=elsewhere).returncode == NOT_ALLOWED


def test_a_token_works_within_its_scope_until_it_is_revoked(server, command_line):
    token = command_line.json("token", "create", "ci", "--scope", "read", "--expires-in-days", 1)
    env = {"MINI_SCHEDULER_TOKEN": token["token"]}
    assert command_line.run("task", "list", env=env).returncode == DONE
    assert command_line.run("task", "create", "--name", "x", "--cron", "@daily", "--command", "true", env=env).returncode == NOT_ALLOWED
    assert "ci" in command_line.run("token", "list").stdout and token["token"] not in command_line.run("token", "list").stdout
    assert command_line.run("token", "revoke", token["id"]).returncode == DONE
    assert command_line.run("task", "list", env=env).returncode == NOT_ALLOWED


def test_a_task_is_shown_with_what_differs_from_the_defaults(command_line, create):
    task = create(name="shown", cron="30 2 * * *", tags=["ops", "nightly"], retry={"max_attempts": 3, "jitter": 0.25})
    command_line.run("task", "run", task["id"], "--wait")
    text = command_line.run("task", "show", task["id"]).stdout
    shown = dict(re.findall(r"^(\S+(?: \S+)*)  +(.+)$", text, re.MULTILINE))
    assert shown["tags"] == "ops, nightly"
    assert shown["retry.max_attempts"] == "3" and shown["retry.jitter"] == "0.25"
    assert not shown.keys() & {"overlap", "limits", "keep_executions", "timezone"}
    assert shown["last runs"].startswith("1 SUCCESS; median ")
    assert shown["next fires"].endswith(" 02:30:00Z")


def test_a_task_is_shown_with_the_tasks_of_its_chain(command_line, create):
    before, behind = create(name="before"), create(name="behind")
    task = create(name="between", on_success=[behind["id"]], after={"tasks": [before["id"]]})
    shown = dict(re.findall(r"^(\S+(?: \S+)*)  +(.+)$", command_line.run("task", "show", task["id"]).stdout, re.MULTILINE))
    assert shown["on_success"] == str(behind["id"]) and shown["after.tasks"] == str(before["id"])


def test_text_that_orders_terminals_about_is_shown_harmless(command_line, create):
    task = create(command="echo '\x1b]0;owned\x07'")
    shown = command_line.run("task", "show", task["id"]).stdout
    assert "owned" in shown and "\x1b" not in shown


def test_a_forgotten_password_is_set_without_a_server(tmp_path):
    server = Server(BINARY).start()
    try:
        command_line = CommandLine(server)
        server.stop()
        assert command_line.run("user", "passwd", "admin", stdin="brand new password\n").returncode == DONE
        assert command_line.run("user", "passwd", "nobody", stdin="brand new password\n").returncode == NOT_FOUND
        server.start()
        server.token = None
        assert server.ask("POST", "/auth/login", {"username": "admin", "password": "admin123"})[0] == 401
        server.token = server.log_in("admin", "brand new password")
        assert server.ask("GET", "/auth/me")[0] == 200
    finally:
        server.close()


def test_a_crontab_is_imported_once_and_the_report_names_what_was_not_taken(server, command_line):
    crontab = "# nightly backup\n30 2 * * * echo saved\nCRON_TZ=Asia/Tokyo\n0 9 * * mon-fri echo morning\n61 * * * * echo never\n"
    before = command_line.json("task", "list")["total"]
    dry = command_line.run("import", "crontab", "-", "--dry-run", "--json", stdin=crontab)
    assert dry.returncode == FAILED and command_line.json("task", "list")["total"] == before
    done = command_line.run("import", "crontab", "-", "--json", stdin=crontab)
    report = json.loads(done.stdout)
    assert [task["name"] for task in report["tasks"]] == ["nightly backup", "echo morning"]
    assert [refusal["line"] for refusal in report["refused"]] == [5] and "61" in report["refused"][0]["why"]
    tokyo = server.ask("GET", f"/tasks/{report['tasks'][1]['id']}")[1]
    assert tokyo["timezone"] == "Asia/Tokyo" and tokyo["next_run_at"].endswith("T00:00:00Z")
    again = command_line.run("import", "crontab", "-", stdin=crontab)
    assert again.stdout.count("already there") == 2 and command_line.json("task", "list")["total"] == before + 2


def test_an_import_without_a_server_or_the_right_says_so_and_reports_each_line(command_line):
    crontab = "0 1 * * * echo one\n0 2 * * * echo two\n"
    alone = command_line.run("import", "crontab", "-", "--server", "http://127.0.0.1:1", stdin=crontab)
    assert alone.returncode == NOT_REACHABLE and len(alone.stderr.splitlines()) == 1
    token = command_line.json("token", "create", "reader", "--scope", "read")["token"]
    refused = command_line.run("import", "crontab", "-", "--json", stdin=crontab, env={"MINI_SCHEDULER_TOKEN": token})
    assert refused.returncode == NOT_ALLOWED
    assert [task["id"] for task in json.loads(refused.stdout)["tasks"]] == [None, None]


def test_the_crontab_of_the_repository_becomes_tasks(server, command_line):
    done = command_line.run("import", "crontab", ROOT / "tests/data/crontab.real", "--json", "--paused")
    report = json.loads(done.stdout)
    assert len(report["tasks"]) >= 25 and all(task["outcome"] == "created" for task in report["tasks"]), report
    assert report["refused"] and all(refusal["why"] for refusal in report["refused"])
