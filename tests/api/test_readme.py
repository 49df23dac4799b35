"""The commands of both READMEs, run as they stand against a fresh server. Only its port is another one."""
import os
import re
import subprocess

import pytest

from conftest import BINARY, ROOT
from server import Server

BLOCK = re.compile(r"^```(sh)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(name):
    return BLOCK.findall((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_each_command_of_the_readme_works(name, tmp_path):
    server = Server(BINARY).start()
    try:
        script = "set -e\n" + "".join(text for language, text in blocks(name) if language == "sh")
        script = script.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}").replace("curl -s", "curl -s --fail-with-body")
        script = script.replace("$PWD/build/release", os.path.dirname(BINARY))
        assert script.count("mini-scheduler ") >= 8 and script.count("curl ") == 5
        done = subprocess.run(["bash", "-ec", script], cwd=ROOT, text=True, capture_output=True, timeout=120,
                              env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "MINI_SCHEDULER_DATA_DIR": server.folder + "/data"})
        assert done.returncode == 0, done.stdout + done.stderr
        assert server.ask("GET", "/tasks")[1]["total"] == 2
    finally:
        server.close()


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_each_make_target_of_the_readme_is_there(name):
    targets = {target for language, text in blocks(name) if not language for target in re.findall(r"^make (\w+)", text, re.MULTILINE)}
    assert targets == {"run", "test", "check", "bench", "fuzz", "soak"}
    subprocess.run(["make", "--dry-run", *sorted(targets)], cwd=ROOT, check=True, capture_output=True, timeout=60)
