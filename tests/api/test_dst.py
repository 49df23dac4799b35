"""Each change of each clock of the tz database from 2000 to 2037 (dst_sweep.py has the reference)."""
from conftest import BINARY
import dst_sweep


def test_every_change_of_a_clock_agrees_with_the_reference():
    changed, questions, wrong = dst_sweep.sweep(BINARY)
    assert changed > 5000 and questions > 8 * 5000
    assert wrong == []


def test_the_reference_follows_the_dialects_examples():
    fixed = dst_sweep.Expression("30 2 * * *", [0], [30], [2], False)
    wild = dst_sweep.Expression("*/15 2 * * *", [0], range(0, 60, 15), [2], True)
    spring, autumn = (lambda k: 60 if k >= 0 else 0), (lambda k: -60 if k >= 0 else 0)
    two = 2 * 60
    assert dst_sweep.fires(fixed, two, spring, -60, 60) == [0]  # at the first instant behind the gap
    assert dst_sweep.fires(wild, two, spring, -60, 60) == []
    three = 3 * 60
    assert dst_sweep.fires(fixed, three, autumn, -60, 60) == [-30 * 60]  # the first pass only
    assert dst_sweep.fires(wild, three, autumn, -60, 60) == [minute * 60 for minute in (-60, -45, -30, -15, 0, 15, 30, 45)]
    assert dst_sweep.fires(fixed, 0, lambda k: dst_sweep.DAY if k >= 0 else 0, -60, 60) == []
