"""The dialect's vectors through the built binary.

Left out are those of Africa/Casablanca after September 2026: Morocco then ended its yearly change of the clock, so
their answers depend on the age of the system's tzdata."""
import datetime
import json
import subprocess

from conftest import BINARY, ROOT


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def ask(questions):
    lines = "\n".join(json.dumps(question) for question in questions) + "\n"
    done = subprocess.run([BINARY, "cron", "next", "--json", "-"], input=lines, text=True, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(questions)
    return answers


def verdict(vector, answer):
    error = answer.get("error")
    if vector.get("valid") is False:
        return error is not None and error["field"] == vector.get("field", error["field"])
    if error is not None:
        return False
    return "next" not in vector or [*map(instant, answer["next"])] == [*map(instant, vector["next"])]


def test_every_vector_of_the_dialect_is_answered_as_it_says():
    vectors = [json.loads(line) for line in open(ROOT / "tests/data/cron_vectors.jsonl", encoding="utf-8")]
    questions = [{"expr": v["expr"], "tz": v.get("tz", "UTC"), "from": v.get("from", "2026-01-01T00:00:00Z"),
                  "count": max(1, len(v.get("next", []))), **({"seed": v["seed"]} if "seed" in v else {})} for v in vectors]
    wrong = [(vector, answer) for vector, answer in zip(vectors, ask(questions)) if not verdict(vector, answer)]
    assert len(vectors) > 1000
    assert wrong == []


def test_a_bad_line_is_answered_in_its_place_and_stops_nothing():
    lines = ['{"expr":"* * * * *"', '{"expr":"61 * * * *"}', '{"expr":"0 12 * * *","from":"2026-01-01T00:00:00Z","count":1}']
    done = subprocess.run([BINARY, "cron", "next", "--json", "-"], input="\n".join(lines), text=True, capture_output=True, timeout=60)
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert "error" in first
    assert second["error"]["field"] == "minute" and second["error"]["text"] == "61" and second["error"]["position"] == 0
    assert third == {"next": ["2026-01-01T12:00:00Z"]}


def test_explain_says_the_schedule_in_both_languages():
    english = subprocess.run([BINARY, "cron", "explain", "0 9 * * 1-5"], text=True, capture_output=True)
    chinese = subprocess.run([BINARY, "cron", "explain", "0 9 * * 1-5", "--lang", "zh"], text=True, capture_output=True)
    assert "09:00" in english.stdout and "Monday" in english.stdout
    assert "周一" in chinese.stdout or "星期一" in chinese.stdout or "工作日" in chinese.stdout


def test_schedules_made_of_words_are_explained_as_they_were_wished():
    """The page turns words into an expression; the same table holds what the page makes of them (scheduleWords.test.ts)."""
    lines = (ROOT / "tests/data/schedule_words.txt").read_text(encoding="utf-8").splitlines()
    cases = [tuple(part.strip() for part in line.split("|")) for line in lines]
    said = []
    for words, expression, _ in cases:
        language = "en" if words.isascii() else "zh"
        done = subprocess.run([BINARY, "cron", "explain", expression, "--lang", language], text=True, capture_output=True)
        said.append((words, expression, done.stdout.strip()))
    assert len(cases) > 140
    assert said == cases
