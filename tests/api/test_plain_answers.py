"""What goes wrong with a form is told to a browser by a page in its language, with the way back, and to others by a problem."""
import json
import re

import pytest

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FORM = "application/x-www-form-urlencoded"
BACK = {"en": "Back to the tasks", "zh": "返回任务列表"}
TITLE = {"en": "This could not be done", "zh": "操作未完成"}
FORMS = ("/ui/tasks/create", "/ui/tasks/{id}/update", "/ui/tasks/{id}/toggle", "/ui/tasks/bulk/pause", "/ui/tasks/bulk/delete")
READS_NO_FORM = ("/ui/tasks/{id}/run", "/ui/tasks/{id}/delete")
TOO_LARGE = "a=" + "x" * (1 << 20)

# What is sent, and how it is answered. "{path}" is where it was sent to.
MISTAKES = {
    "percent": (FORMS, "name=%zz", FORM, 400, {"en": "is not followed by two hexadecimal digits", "zh": "参数中的“%”之后不是两位十六进制数字"}),
    "not UTF-8": (FORMS, "name=%ff", FORM, 400, {"en": "a parameter is not UTF-8", "zh": "有参数不是 UTF-8"}),
    "NUL": (FORMS, "name=a%00b", FORM, 400, {"en": "a parameter holds a NUL byte", "zh": "有参数含零字节"}),
    "type": ((*FORMS[:2], *FORMS[3:]), "name=a", "text/plain", 415, {"en": "this body must be a form", "zh": "请求体必须是表单"}),
    "several parts": (FORMS[:2], "--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415, {"en": "this body must be a form", "zh": "请求体必须是表单"}),
    "size": ((*FORMS, *READS_NO_FORM), TOO_LARGE, FORM, 413, {"en": "the body has 1048578 bytes, at most 1048576 are taken here", "zh": "请求体有 1048578 字节，此处最多接受 1048576 字节"}),
    "log-in": (("/auth/login",), "username=%zz", FORM, 400, {"en": "is not followed by two hexadecimal digits", "zh": "参数中的“%”之后不是两位十六进制数字"}),
    "wrong method": (("/ui/overview", "/plain", "/ui/tasks"), "a=b", FORM, 405, {"en": "'{path}' does not take this method; it takes GET, HEAD, OPTIONS", "zh": "“{path}”不接受此方法；可用：GET, HEAD, OPTIONS"}),
    "nowhere": (("/nowhere", "/uix/tasks"), "a=b", FORM, 404, {"en": "there is nothing at '{path}'", "zh": "“{path}”处没有内容"}),
}
UNKNOWN = tuple(f"/ui/tasks/99999/{deed}" for deed in ("update", "run", "toggle", "delete"))


def post(server, path, body, content_type, accept, **headers):
    status, fields, answer = server.request("POST", path, body, {"Content-Type": content_type, "Accept": accept, **{name.replace("_", "-"): value for name, value in headers.items()}})
    return status, fields, answer.decode() if isinstance(answer, bytes) else answer


def shown(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page[page.index("<main>"):])).replace("&#39;", "'").replace("&amp;", "&")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_browser_is_told_of_a_mistake_by_a_page_and_others_by_a_problem(server, create, mistake, language):
    paths, body, content_type, wanted, told = MISTAKES[mistake]
    task = create(name="posted to")
    for path in paths:
        path = path.replace("{id}", str(task["id"]))
        words = told[language].replace("{path}", path)
        for chosen in ({"Accept_Language": "zh-CN,zh;q=0.9,en;q=0.1" if language == "zh" else "en"},
                       {"Accept_Language": "fr", "Cookie": f"language={language}"}):
            status, fields, page = post(server, path, body, content_type, BROWSER, **chosen)
            assert (status, fields["Content-Type"]) == (wanted, "text/html; charset=utf-8"), (path, page)
            assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in page and f"<h1>{TITLE[language]}</h1>" in page, (path, page)
            assert words in shown(page), (path, page)
            assert f'<a href="/plain">{BACK[language]}</a>' in page, (path, page)
            if language == "zh":
                assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", shown(page)), shown(page)
        status, fields, problem = post(server, path, body, content_type, "*/*")
        assert (status, fields["Content-Type"]) == (wanted, "application/problem+json"), path
        problem = problem if isinstance(problem, dict) else json.loads(problem)
        assert told["en"].replace("{path}", path) in problem["detail"]
    assert server.ask("GET", f"/tasks/{task['id']}")[1]["name"] == "posted to"


@pytest.mark.parametrize("language, told", [("en", "there is no task 99999"), ("zh", "没有任务 99999")])
def test_a_browser_is_told_of_a_task_that_is_gone_by_a_page(server, language, told):
    for path in UNKNOWN:
        status, fields, page = post(server, path, "name=a", FORM, BROWSER, Accept_Language=language)
        assert (status, fields["Content-Type"]) == (404, "text/html; charset=utf-8"), page
        assert told in shown(page) and f">{BACK[language]}</a>" in page, page


def test_who_sends_json_is_answered_in_json_whatever_else_it_would_take(server):
    for path, wanted in (("/ui/tasks/create", 415), ("/ui/overview", 405), ("/nowhere", 404)):
        status, fields, _ = post(server, path, "{}", "application/json", BROWSER)
        assert (status, fields["Content-Type"]) == (wanted, "application/problem+json"), path


def test_a_query_that_cannot_be_read_is_told_of_by_a_page(server):
    for accept, wanted in ((BROWSER, "text/html; charset=utf-8"), ("*/*", "application/problem+json")):
        status, fields, _ = server.request("GET", "/plain?search=%zz", None, {"Accept": accept})
        assert (status, fields["Content-Type"]) == (400, wanted)
