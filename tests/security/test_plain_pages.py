"""The pages that the server writes itself: nothing of a user's becomes markup, and nobody sees or is offered more than his role may."""
import html
import re
import urllib.parse

import pytest
from wire import bearer

HOSTILE = ("<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'onmouseover='alert(1)", "</textarea></pre></title><b>", "&lt;b&gt; &amp; &#39;",
           "{{7*7}} ${7*7}", "javascript:alert(1)")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TAGS = set("html head meta link title body header nav main form button input label p a h1 h2 div table thead tbody tr th td code dl dt dd pre textarea select option ul li strong".split())
ATTRIBUTES = set("lang charset name content rel href value type method action formaction formmethod aria-label scope required autofocus autocomplete role rows "
                 "selected inputmode class id aria-invalid aria-describedby data-label".split())


def page_of(server, method, target, body=None, headers=None):
    status, fields, page = server.request(method, target, body, {"Accept": "text/html", **(headers or {})})
    assert fields["Content-Type"].startswith("text/html"), (target, status, page)
    return status, page.decode() if isinstance(page, bytes) else page


def check_markup(page):
    for name, attributes in re.findall(r"<([a-z0-9]+)((?:\s+[^<>]*)?)>", page):
        assert name in TAGS, name
        left = re.sub(r'([a-z-]+)="[^"<>]*"', lambda match: "" if match[1] in ATTRIBUTES else match[0], attributes)
        assert set(left.split()) <= ATTRIBUTES, (name, attributes)
    assert page.count("<") == len(re.findall(r"</?[a-z0-9]+(?:\s[^<>]*)?>|<!doctype html>", page))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_users_write_never_becomes_markup(server, create, text):
    task = create(name=text, description=text, tags=[text], command=f": {text}", env={"A": text}, working_dir="/" + text, pool=text)
    server.run_to_its_end(task["id"])
    for target in (f"/plain/tasks/{task['id']}", f"/plain/delete?ids={task['id']}", "/plain"):
        page = page_of(server, "GET", target)[1]
        check_markup(page)
        assert html.escape(text).replace("&#x27;", "&#39;") in page, (target, page)
    quoted = urllib.parse.quote(text, safe="")
    for target in (f"/plain?search={quoted}", f"/plain?page={quoted}", f"/plain/tasks/{quoted.replace('%2F', '')}", f"/plain/delete?ids={quoted}"):
        check_markup(page_of(server, "GET", target)[1])
    for path in ("run", "toggle"):
        check_markup(page_of(server, "POST", f"/ui/tasks/{task['id']}/{path}", "", FORM)[1])
    check_markup(page_of(server, "POST", "/ui/tasks/bulk/delete", f"ids={task['id']}&ids={quoted}", FORM)[1])


def test_output_that_is_no_text_is_shown_as_text(server, create):
    task = create(name="bytes", command=r"printf '\377<b>\000\033[1m'")
    server.run_to_its_end(task["id"])
    page = page_of(server, "GET", f"/plain/tasks/{task['id']}")[1]
    check_markup(page)
    assert "\ufffd&lt;b&gt;" in page


def test_each_role_is_offered_what_it_may(server, people, create):
    task = create(name="offered", env={"SECRETIVE": "not for viewers"})
    wanted = {"viewer": (), "operator": ("run", "toggle"), "editor": ("run", "toggle", "update"), "admin": ("run", "toggle", "update")}
    for who, deeds in wanted.items():
        page = page_of(server, "GET", f"/plain/tasks/{task['id']}", None, bearer(people[who]))[1]
        for deed in ("run", "toggle", "update"):
            assert (f"/ui/tasks/{task['id']}/{deed}" in page) == (deed in deeds), (who, deed)
        assert ("not for viewers" in page) == (who in ("editor", "admin")), who
        listed = page_of(server, "GET", "/plain?search=offered", None, bearer(people[who]))[1]
        assert ("/ui/tasks/create" in listed and "/plain/delete" in listed) == (who in ("editor", "admin")), who
        assert ("/ui/tasks/bulk/force_run" in listed) == (who != "viewer"), who


def test_who_may_not_is_told_so_by_a_page(server, people, create):
    task = create(name="refused")
    status, page = page_of(server, "GET", "/plain", None, {"Authorization": ""})
    assert status == 401 and 'action="/auth/login"' in page
    for who, method, target in (("viewer", "POST", f"/ui/tasks/{task['id']}/run"), ("operator", "GET", f"/plain/delete?ids={task['id']}")):
        status, page = page_of(server, method, target, "" if method == "POST" else None, {**bearer(people[who]), **(FORM if method == "POST" else {})})
        assert status == 403 and "Your role does not allow this." in page
    status, fields, _ = server.request("GET", "/plain", None, {"Authorization": ""})
    assert status == 401 and fields["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("language, title", [("en", "2 of 3 not done"), ("zh", "3 项中有 2 项未完成")])
def test_a_bulk_of_which_a_part_failed_says_so(server, create, language, title):
    good, gone = create(name="good"), create(name="gone")
    assert server.request("DELETE", f"/tasks/{gone['id']}")[0] == 204
    page = page_of(server, "POST", "/ui/tasks/bulk/pause", f"ids={good['id']}&ids={gone['id']}&ids=nothing", {**FORM, "Accept-Language": language})[1]
    assert f"<h1>{title}</h1>" in page
    assert server.ask("GET", f"/tasks/{good['id']}")[1]["paused"] is True


def test_the_line_ends_of_a_text_area_are_those_of_a_shell(server, create):
    task = create(name="lines")
    assert server.request("POST", f"/ui/tasks/{task['id']}/update", "command=echo+a%0D%0Aecho+b", FORM)[0] == 303
    assert server.ask("GET", f"/tasks/{task['id']}")[1]["command"] == "echo a\necho b"


def test_a_page_leads_to_its_plain_twin(server, create):
    task = create(name="twin")
    for target, wanted in ((f"/ui/tasks/{task['id']}?plain", f"/plain/tasks/{task['id']}"), (f"/ui/tasks/{task['id']}/edit?plain", f"/plain/tasks/{task['id']}"),
                           ("/ui/tasks/create?plain", "/plain"), ("/ui/tasks/%0d%0aX:y?plain", None), ("/ui/overview?plain", "/plain"), ("/ui/tasks/1x?plain", "/plain")):
        status, fields, _ = server.request("GET", target)
        assert (status, fields["Location"]) == (303, wanted) if wanted else status == 404, target
    for target in ("/login?plain", "/ui/tasks?plain"):
        status, fields, _ = server.request("GET", target, None, {"Authorization": ""})
        assert (status, fields["Location"]) == (303, "/login/plain"), target


@pytest.mark.parametrize("paused, deed, to", [(True, "Pause", "paused"), (False, "Resume", "active")])
def test_a_button_of_a_page_that_is_old_never_does_the_opposite(server, create, paused, deed, to):
    task = create(name=f"old page {deed}")
    assert server.ask("POST", f"/tasks/{task['id']}/{'resume' if paused else 'pause'}")[0] == 200
    page = page_of(server, "GET", f"/plain/tasks/{task['id']}", None, {"Accept-Language": "en"})[1]
    assert re.search(rf'<button formaction="/ui/tasks/{task["id"]}/toggle" name="to" value="{to}"[^>]*>{deed}</button>', page), page
    assert server.ask("POST", f"/tasks/{task['id']}/{'pause' if paused else 'resume'}")[0] == 200
    assert page_of(server, "POST", f"/ui/tasks/{task['id']}/toggle", f"to={to}", FORM)[0] == 200
    assert server.ask("GET", f"/tasks/{task['id']}")[1]["paused"] is paused
    assert page_of(server, "POST", f"/ui/tasks/{task['id']}/toggle", "to=elsewhere", FORM)[0] == 422
    assert page_of(server, "POST", f"/ui/tasks/{task['id']}/toggle", "", FORM)[0] == 200
    assert server.ask("GET", f"/tasks/{task['id']}")[1]["paused"] is not paused


def fields_of(page):
    """What a browser would post of the page's form that writes a task."""
    form = re.search(r'<form method="post" action="/ui/tasks/(?:create|\d+/update)">(.*?)</form>', page, re.S)[1]
    fields = dict(re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', form))
    fields.update(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.S))
    fields["overlap"] = (re.findall(r'<option value="(\w+)" selected', form) or ["skip"])[0]
    return {name: html.unescape(value) for name, value in fields.items()}


def remark_at(page, name):
    found = re.search(rf' name="{re.escape(name)}"[^>]* aria-invalid="true" aria-describedby="about-{re.escape(name)}".*?<strong class="wrong" id="about-{re.escape(name)}">(.*?)</strong>', page, re.S)
    return found and html.unescape(found[1])


def test_a_form_that_is_old_undoes_nobodys_change_unseen(server, create):
    task = create(name="two editors", description="first", tags=["a"])
    at, here = f"/ui/tasks/{task['id']}/update", f"/tasks/{task['id']}"
    typed = {**fields_of(page_of(server, "GET", f"/plain/tasks/{task['id']}", None, {"Accept-Language": "en"})[1]), "description": "mine"}
    assert server.ask("PATCH", here, {"cron": "5 5 5 5 *"})[0] == 200
    status, page = page_of(server, "POST", at, urllib.parse.urlencode(typed), {**FORM, "Accept-Language": "en"})
    check_markup(page)
    assert status == 412 and "changed by somebody else" in page
    assert (remark_at(page, "cron"), remark_at(page, "description"), remark_at(page, "name")) == ("Now: 5 5 5 5 *", "Now: first", None)
    after = server.ask("GET", here)[1]
    assert (after["cron"], after["description"]) == ("5 5 5 5 *", "first")
    shown = fields_of(page)
    assert (shown["description"], shown["cron"]) == ("mine", "0 0 1 1 *") and shown["revision"] != typed["revision"]
    assert server.request("POST", at, urllib.parse.urlencode({**shown, "cron": "5 5 5 5 *"}), FORM)[0] == 303
    after = server.ask("GET", here)[1]
    assert (after["cron"], after["description"], after["tags"]) == ("5 5 5 5 *", "mine", ["a"])
    assert page_of(server, "POST", at, "description=x&revision=none", FORM)[0] == 412
    assert server.request("POST", at, "description=without", FORM)[0] == 303


def test_a_refused_form_is_shown_again_as_it_was_typed(server, create):
    typed = {"name": "refused \"form\"", "cron": "61 * * * *", "command": "echo <typed>"}
    status, page = page_of(server, "POST", "/ui/tasks/create", urllib.parse.urlencode(typed), {**FORM, "Accept-Language": "en"})
    check_markup(page)
    assert status == 422 and {**typed, "overlap": "skip"} == fields_of(page)
    assert "61 is outside" in remark_at(page, "cron") and remark_at(page, "name") is None
    task = create(name="kept")
    typed = {**fields_of(page_of(server, "GET", f"/plain/tasks/{task['id']}")[1]), "timeout_s": "soon", "name": "other", "retry.max_attempts": "0", "overlap": "queue"}
    status, page = page_of(server, "POST", f"/ui/tasks/{task['id']}/update", urllib.parse.urlencode(typed), {**FORM, "Accept-Language": "zh"})
    check_markup(page)
    assert status == 422 and fields_of(page) == typed
    assert "整数" in remark_at(page, "timeout_s") and "整数" in remark_at(page, "retry.max_attempts")
    assert server.ask("GET", f"/tasks/{task['id']}")[1]["name"] == "kept"
    page = page_of(server, "POST", f"/ui/tasks/{task['id']}/update", "priority=high", {**FORM, "Accept-Language": "zh"})[1]
    assert '<p class="wrong">优先级：' in page


@pytest.mark.parametrize("language, reason", [("en", "the user name or the password is wrong"), ("zh", "用户名或密码不正确")])
def test_a_failed_log_in_is_answered_with_the_form(server, language, reason):
    status, page = page_of(server, "POST", "/auth/login", "username=%22nobody&password=wrong+one", {**FORM, "Authorization": "", "Accept-Language": language})
    check_markup(page)
    assert status == 401 and reason in page
    assert 'action="/auth/login"' in page and 'name="username" value="&quot;nobody"' in page and "wrong one" not in page


def test_the_pages_refuse_and_name_in_chinese(server, create):
    chinese = {"Accept-Language": "zh"}
    task = create(name="labels", tags=["one", "two"], timeout_s=60, env={"A": "b"}, retry={"max_attempts": 3}, overlap="queue")
    page = page_of(server, "GET", f"/plain/tasks/{task['id']}", None, chinese)[1]
    for label, value in (("名称", "labels"), ("标签", "one, two"), ("超时（秒）", "60"), ("环境变量", "A=b"), ("重叠", "排队一次")):
        assert f"<dt>{label}</dt><dd><pre>{value}</pre>" in page, (label, page)
    assert "尝试次数：3" in page and "随机部分：0.2" in page
    assert "没有任务 99999" in page_of(server, "GET", "/plain/tasks/99999", None, chinese)[1]
    assert "没有选择任务" in page_of(server, "POST", "/ui/tasks/bulk/pause", "", {**FORM, **chinese})[1]
    assert "没有选择任务" in page_of(server, "GET", "/plain/delete", None, chinese)[1]


# What somebody gets wrong on these pages, and the beginning of what he is told.
MISTAKES = {
    "hour": ("create", {"cron": "0 25 * * *"}, "小时 25 超出范围 0-23"),
    "fields": ("create", {"cron": "* * *"}, "“* * *”有 3 个字段；应为 5 个"),
    "month": ("create", {"cron": "0 9 * FOO *"}, "月份“FOO”无效：应为 1-12 之间的数字"),
    "nickname": ("create", {"cron": "@fortnightly"}, "没有别名“@fortnightly”；可用 @yearly"),
    "step": ("create", {"cron": "*/0 * * * *"}, "步长不能为 0"),
    "name": ("create", {"name": "x" * 300}, "超过 200 字节</strong>"),
    "nothing": ("create", {"command": " "}, "缺少命令：请填写要运行的内容"),
    "time zone": ("update", {"timezone": "Asia/Shangai"}, "没有时区“Asia/Shangai”；"),
    "timeout": ("update", {"timeout_s": "soon"}, "必须是 0 至 31622400 之间的整数"),
    "directory": ("update", {"working_dir": "tmp"}, "必须是绝对路径"),
    "variable": ("update", {"env": "1A=x"}, "环境变量：“1A”不是有效的变量名"),
    "chain": ("update", {"on_failure": "99999"}, "失败后启动：指向的任务 99999 不存在"),
    "upstream": ("update", {"after.tasks": "a"}, "任务：必须是整数列表"),
    "end": ("update", {"starts_at": "2030-01-01T00:00:00Z", "ends_at": "2029-01-01T00:00:00Z"}, "结束于：早于开始时间"),
    "user": ("update", {"run_as": "root2"}, "运行用户：任务不能以用户“root2”运行："),
    "no task": ("toggle", {"to": "elsewhere"}, "目标状态：必须是 paused 或 active"),
}


def english_in(page):
    """Words of English that follow each other: those of a user, of fields and of expressions stand alone, or quoted."""
    shown = re.sub(r"<textarea.*?</textarea>", "", page[page.index("<main>"):], flags=re.S)
    return re.findall(r"[a-z]+ [a-z]+", re.sub(r"<[^>]*>", "|", shown))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_told_in_whole_chinese(server, create, mistake):
    deed, fields, told = MISTAKES[mistake]
    if deed == "create":
        target, fields = "/ui/tasks/create", {"name": "n", "cron": "0 9 * * *", "command": "true", **fields}
    else:
        target = f"/ui/tasks/{create(name='改')['id']}/{deed}"
    status, page = page_of(server, "POST", target, urllib.parse.urlencode(fields), {**FORM, "Accept-Language": "zh-CN"})
    check_markup(page)
    assert status in (403, 422) and told in html.unescape(page), page
    assert english_in(page) == []


def test_why_a_task_did_not_run_is_told_in_chinese(server, create):
    chinese = {"Accept-Language": "zh-CN"}
    slow = create(name="慢", command="sleep 100", overlap="skip")
    assert page_of(server, "POST", f"/ui/tasks/{slow['id']}/run", "", {**FORM, **chinese})[0] == 200
    told = "任务“慢”已在运行（执行 "
    status, page = page_of(server, "POST", f"/ui/tasks/{slow['id']}/run", "", {**FORM, **chinese})
    assert status == 409 and told in page and "），重叠策略“跳过”：上一次运行尚未结束；请等它结束" in page and english_in(page) == []
    page = page_of(server, "POST", "/ui/tasks/bulk/force_run", f"ids={slow['id']}", {**FORM, **chinese})[1]
    assert f"任务 {slow['id']}（慢）：{told}" in page and english_in(page) == []
    nowhere = create(name="无目录", working_dir="/nowhere")
    server.run_to_its_end(nowhere["id"])
    page = page_of(server, "GET", f"/plain/tasks/{nowhere['id']}", None, chinese)[1]
    assert page.count("启动失败：工作目录“/nowhere”：没有该文件或目录") == 2 and english_in(page) == []


def test_behind_the_last_page_stands_the_last(server, create):
    for number in range(3):
        create(name=f"paged {number}")
    page = page_of(server, "GET", "/plain?search=paged&page_size=2&page=99", None, {"Accept-Language": "en"})[1]
    assert "page 2 of 2" in page and len(re.findall(r'name="ids"', page)) == 1
    assert "0 tasks" in page_of(server, "GET", "/plain?search=nothing+of+that+name&page=99", None, {"Accept-Language": "en"})[1]
