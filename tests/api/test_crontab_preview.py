"""What a crontab would become, before anything is created; and what the server gives to a task that leaves it open."""
import pytest

from conftest import BINARY
from server import Server

CRONTAB = """MAILTO=ops@example.com
CRON_TZ=Asia/Shanghai
STAGE=live
# nightly backup
30 2 * * * /usr/local/bin/backup --full%line one%line two
99 * * * * /bin/wrong
@reboot /usr/local/bin/warm-up
"""


def preview(server, text, **more):
    status, answer = server.ask("POST", "/api/crontab/preview", {"crontab": text, **more})
    assert status == 200, answer
    return answer


def test_each_line_is_a_task_with_its_meaning_or_a_reason(server):
    before = server.ask("GET", "/tasks")[1]["total"]
    answer = preview(server, CRONTAB)
    backup, warm_up = answer["tasks"]
    assert (backup["line"], backup["task"]["name"], backup["task"]["cron"]) == (5, "nightly backup", "30 2 * * *")
    assert backup["task"]["command"] == "/usr/local/bin/backup --full"
    assert backup["task"]["stdin"].splitlines() == ["line one", "line two"]
    assert backup["task"]["env"]["STAGE"] == "live"
    assert backup["timezone"] == backup["task"]["timezone"] == "Asia/Shanghai"
    assert backup["description"] == "At 02:30, every day (Asia/Shanghai time)" and backup["next"].endswith("18:30:00Z")
    assert backup["twin"] is None and backup["refusal"] is None
    assert warm_up["task"]["cron"] == "@reboot" and warm_up["next"] is None
    wrong, = answer["refused"]
    assert wrong["line"] == 6 and "99" in wrong["why"]
    assert any(note["line"] == 1 and "mail" in note["why"].lower() for note in answer["notes"])
    assert server.ask("GET", "/tasks")[1]["total"] == before


def test_the_sentence_is_in_the_callers_language(server):
    status, answer = server.ask("POST", "/api/crontab/preview?lang=zh", {"crontab": "0 9 * * 1-5 true\n"})
    assert status == 200 and answer["tasks"][0]["description"] == "每个工作日 09:00"


def test_a_system_crontab_has_its_user_apart_guessed_or_said(server):
    line = "0 1 * * * root /usr/sbin/rotate\n"
    guessed = preview(server, line)
    assert guessed["system"] is True
    assert (guessed["tasks"][0]["task"]["run_as"], guessed["tasks"][0]["task"]["command"]) == ("root", "/usr/sbin/rotate")
    said = preview(server, line, system=False)
    assert (said["tasks"][0]["task"]["run_as"], said["tasks"][0]["task"]["command"]) == ("", "root /usr/sbin/rotate")


def test_what_is_previewed_can_be_created_and_is_then_known(server):
    line = "15 4 * * * echo previewed-once\n"
    task = preview(server, line, timezone="Europe/Berlin")["tasks"][0]["task"]
    status, made = server.ask("POST", "/tasks", task)
    assert status == 201 and made["timezone"] == "Europe/Berlin" and made["overlap"] == "allow", made
    assert preview(server, line)["tasks"][0]["twin"] == made["id"]


@pytest.mark.parametrize("body,place", [
    ({}, "crontab"),
    ({"crontab": "0 9 * * * true\n", "timezone": "Mars/Base"}, "timezone"),
    ({"crontab": "\n" * 501}, "crontab"),
    ({"crontab": "", "sistem": True}, "sistem"),
])
def test_a_wrong_request_names_its_field(server, body, place):
    status, problem = server.ask("POST", "/api/crontab/preview", body)
    assert status == 422 and problem["errors"][0]["loc"] == ["body", place], problem


def test_an_editor_learns_beforehand_what_only_an_admin_may_create(server):
    for name, role in (("pat", "editor"), ("val", "viewer")):
        status, made = server.ask("POST", "/users", {"username": name, "password": "a long enough sentence", "role": role})
        assert status == 201, made
    body = {"crontab": "0 1 * * * root /usr/sbin/rotate\n0 2 * * * root true\n", "system": True}
    token = server.log_in("pat", "a long enough sentence")
    status, _, answer = server.request("POST", "/api/crontab/preview", body, {"Authorization": f"Bearer {token}"})
    assert status == 200 and all("run_as" in each["refusal"] for each in answer["tasks"]), answer
    token = server.log_in("val", "a long enough sentence")
    assert server.request("POST", "/api/crontab/preview", body, {"Authorization": f"Bearer {token}"})[0] == 403


def test_the_servers_defaults_are_told():
    settings = {"MINI_SCHEDULER_SCHEDULER_TIMEZONE": "Asia/Tokyo", "MINI_SCHEDULER_SCHEDULER_DEFAULT_TIMEOUT": "90"}
    server = Server(BINARY, environment=settings).start()
    try:
        assert server.ask("GET", "/api/defaults") == (200, {"timezone": "Asia/Tokyo", "timeout_s": 90})
    finally:
        server.close()
