"""What a user keeps for himself: pinned tasks and saved views."""
import pytest

PATH = "/auth/me/preferences"
NOTHING = {"pins": [], "views": []}
VIEW = {"name": "失败", "query": "?status=FAILED&tag=a%20b"}


def as_user(server, name):
    assert server.ask("POST", "/users", {"username": name, "password": "a long enough password", "role": "viewer"})[0] == 201
    token = server.log_in(name, "a long enough password")
    return lambda method, body=None, **headers: server.request(method, PATH, body, {"Authorization": f"Bearer {token}", **headers})


def test_they_are_kept_for_each_account_and_are_no_part_of_the_audit(server):
    alice, bob = as_user(server, "alice"), as_user(server, "bob")
    status, headers, body = alice("GET")
    assert (status, body, headers["ETag"]) == (200, NOTHING, '"0"')
    before = server.ask("GET", "/audit?limit=1")[1]["items"][0]["id"]
    wanted = {"pins": [7, 3], "views": [VIEW, {"name": "all", "query": ""}]}
    status, headers, body = alice("PUT", wanted)
    assert (status, body, headers["ETag"]) == (200, wanted, '"1"')
    assert alice("GET")[2] == wanted
    assert bob("GET")[2] == NOTHING
    assert server.ask("GET", "/audit?limit=1")[1]["items"][0]["id"] == before
    assert alice("PUT", {})[2] == NOTHING


def test_a_change_that_somebody_has_not_seen_is_not_lost(server):
    carol = as_user(server, "carol")
    etag = carol("GET")[1]["ETag"]
    status, headers, _ = carol("PUT", {"pins": [1]}, **{"If-Match": etag})
    assert status == 200
    status, _, problem = carol("PUT", {"pins": [2]}, **{"If-Match": etag})
    assert status == 412 and "changed since" in problem["detail"]
    assert carol("PUT", {"pins": [2]}, **{"If-Match": '"not one of ours"'})[0] == 412
    assert carol("PUT", {"pins": [1, 2]}, **{"If-Match": headers["ETag"]})[0] == 200
    assert carol("PUT", {"pins": [3]}, **{"If-Match": "*"})[0] == 200
    assert carol("GET")[2]["pins"] == [3]


@pytest.mark.parametrize("body, field, words", [
    ({"theme": "dark"}, "theme", "not a field here"),
    ({"views": [{"name": "a", "query": "", "colour": 1}]}, "colour", "not a field here"),
    ({"pins": "1"}, "pins", "must be a list"),
    ({"pins": [1, "2"]}, "pins", "a task's number"),
    ({"pins": [0]}, "pins", "a task's number"),
    ({"pins": [4, 4]}, "pins", "twice"),
    ({"pins": list(range(1, 22))}, "pins", "more than 20"),
    ({"views": [1]}, "name", "missing"),
    ({"views": [{"query": ""}]}, "name", "missing"),
    ({"views": [{"name": ""}]}, "name", "1 to 200 bytes"),
    ({"views": [{"name": "失" * 67}]}, "name", "1 to 200 bytes"),
    ({"views": [{"name": "a\nb"}]}, "name", "control"),
    ({"views": [VIEW, VIEW]}, "name", "twice"),
    ({"views": [{"name": "a", "query": "//example.org"}]}, "query", "begin with ?"),
    ({"views": [{"name": "a", "query": "?" + "x" * 2000}]}, "query", "2000 bytes"),
    ({"views": [{"name": str(number)} for number in range(31)]}, "views", "more than 30"),
])
def test_what_is_wrong_is_named_and_changes_nothing(server, body, field, words):
    ask = server.ask
    before = ask("GET", PATH)[1]
    status, problem = ask("PUT", PATH, body)
    assert status == 422, problem
    error = next(error for error in problem["errors"] if error["loc"][-1] == field)
    assert words in error["msg"]
    assert ask("GET", PATH)[1] == before


def test_as_much_as_may_be_kept_is_kept(server):
    most = {"pins": list(range(1, 21)), "views": [{"name": f"{number:0200}", "query": "?" + "x" * 1999} for number in range(30)]}
    assert server.ask("PUT", PATH, most) == (200, most)
    assert server.ask("GET", PATH) == (200, most)


def test_they_are_the_persons_own(server):
    token = server.ask("POST", "/auth/tokens", {"name": "ci", "scope": "write"})[1]["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert server.request("GET", PATH, None, bearer)[0] == 200
    assert server.request("PUT", PATH, {}, bearer)[0] == 403
    assert server.request("GET", PATH, None, {"Authorization": ""})[0] == 401


def test_they_go_with_the_account(server):
    dora = as_user(server, "dora")
    dora("PUT", {"pins": [5]})
    user = next(user for user in server.ask("GET", "/users")[1]["items"] if user["username"] == "dora")
    assert server.ask("DELETE", f"/users/{user['id']}")[0] == 204
    again = as_user(server, "dora")
    assert again("GET")[2] == NOTHING
