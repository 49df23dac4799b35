"""What is kept of a task's history: rows and the files of their output."""
import pathlib

SPILLS = "seq 1 5000"  # more than travels with the report: it makes a file


def records(server, task):
    status, page = server.ask("GET", f"/tasks/{task['id']}/executions?limit=100")
    assert status == 200, page
    return page["items"]


def files(server, task):
    """The executions that have output on the disk."""
    return {int(path.name.split(".")[0]) for path in pathlib.Path(server.folder, "data/output").glob(f"{task['id']}/*")}


def test_the_newest_runs_and_failures_are_kept_apart_and_the_output_of_the_others_goes(server, create):
    task = create(command=f"{SPILLS}; exit $CODE", keep_executions=3, keep_failed=2)
    ended = [server.run_to_its_end(task["id"], {"env": {"CODE": code}}) for code in "1001010000"]
    good = [one["id"] for one in ended if one["status"] == "SUCCESS"]
    failed = [one["id"] for one in ended if one["status"] == "FAILED"]
    assert (len(good), len(failed)) == (7, 3)
    kept = sorted(good[-3:] + failed[-2:])
    server.wait_until(lambda: sorted(one["id"] for one in records(server, task)) == kept)
    assert files(server, task) == set(kept)
    for one in kept:
        status, _, log = server.request("GET", f"/executions/{one}/log")
        assert status == 200 and log.endswith(b"\n5000\n")
    assert server.ask("GET", f"/executions/{good[0]}")[0] == 404
