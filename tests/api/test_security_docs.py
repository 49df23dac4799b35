"""docs/security.md names tests; each of them exists."""
import re

from conftest import ROOT

NAMED = re.compile(r"`([A-Za-z_0-9]+\.py)::(test_[a-z_0-9]+)`|`([A-Z][A-Za-z0-9]+)\.([A-Z][A-Za-z0-9]+)`")
UNIT_TEST = re.compile(r"TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)")


def test_each_test_that_the_page_names_exists():
    unit_tests = {match.groups() for path in (ROOT / "src").rglob("*") if path.suffix in (".h", ".cpp")
                  for match in UNIT_TEST.finditer(path.read_text(encoding="utf-8"))}
    rows = [line for line in (ROOT / "docs/security.md").read_text(encoding="utf-8").splitlines() if re.match(r"\| \d+\.\d+", line)]
    assert len(rows) > 30
    missing = []
    for row in rows:
        named = NAMED.findall(row)
        assert named, f"names no test: {row}"
        for file, function, suite, name in named:
            if file:
                found = any(f"def {function}(" in path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob(file))
            else:
                found = (suite, name) in unit_tests
            if not found:
                missing.append(function or f"{suite}.{name}")
    assert not missing
