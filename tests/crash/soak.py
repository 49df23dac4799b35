#!/usr/bin/python3
"""soak.py --minutes N [--seed S]: random kills for as long as asked, in rounds of fresh worlds. Ends with 1 where anything
was wrong; the folders of such worlds are kept and named."""
import argparse
import secrets
import sys
import time

import harness

ROUND_S = 90


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--seed", default=secrets.token_hex(4))
    options.add_argument("--worlds", type=int, default=4)
    given = options.parse_args()
    began, total, number = time.monotonic(), harness.Toll(), 0
    print(f"seed {given.seed}, {given.minutes:g} minutes, {given.worlds} worlds at once", flush=True)
    while (left := given.minutes * 60 - (time.monotonic() - began)) > 1:
        toll = harness.run_worlds(f"{given.seed}-{number}", given.worlds, min(ROUND_S, left))
        print(f"{time.monotonic() - began:6.0f} s  {'WRONG' if toll.wrong else 'right'}  {toll}", flush=True)
        for wrong in toll.wrong:
            print("   ", wrong, flush=True)
        total.add(toll)
        number += 1
    minutes = (time.monotonic() - began) / 60
    print(f"seed {given.seed}, {minutes:.1f} minutes: {total}")
    return 1 if total.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
