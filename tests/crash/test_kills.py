"""The real binary under random SIGKILLs: serve, runner, jobs and combinations of them. CRASH_SEED repeats the choices of
a run; when the machine lets them happen differs."""
import os
import secrets

import harness

WORLDS = 4
SECONDS = 30
LEAST_KILLS = 200


def test_random_kills_lose_nothing_and_double_nothing():
    seed = os.environ.get("CRASH_SEED") or secrets.token_hex(4)
    toll = harness.run_worlds(seed, WORLDS, SECONDS, LEAST_KILLS // WORLDS)
    print(f"\nCRASH_SEED={seed}: {toll}")
    assert not toll.wrong, f"CRASH_SEED={seed}: {toll}\n" + "\n".join(toll.wrong)
    assert toll.kills >= LEAST_KILLS, f"CRASH_SEED={seed}: too few kills to mean anything: {toll}"
