#!/usr/bin/env python3
"""check_layers.py SRC: fails on an include that does not run to the file's own folder or to a lower row."""
import pathlib
import re
import sys

ROWS = [
    ["app"],
    ["http", "notify", "cli"],
    ["service", "auth"],
    ["engine"],
    ["store", "runner"],
    ["task", "rights"],
    ["cron"],
    ["base"],
]
ROW_OF = {folder: row for row, folders in enumerate(ROWS) for folder in folders}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"/]+)/')


def main():
    source = pathlib.Path(sys.argv[1])
    findings = []
    for path in sorted(source.rglob("*")):
        if path.suffix not in (".h", ".cpp"):
            continue
        folder = path.relative_to(source).parts[0]
        if folder not in ROW_OF:
            findings.append(f"{path}: folder '{folder}' has no row in {pathlib.Path(__file__).name}")
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match or match[1] not in ROW_OF or match[1] == folder:
                continue
            if ROW_OF[match[1]] <= ROW_OF[folder]:
                way = "sideways" if ROW_OF[match[1]] == ROW_OF[folder] else "upwards"
                findings.append(f"{path}:{number}: '{folder}' may not include '{match[1]}' ({way})")
    print("\n".join(findings) or "layers: every include runs downwards")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
