"""Requests that build on one another; `sequences.py` goes on for as long as one likes."""
import pytest
import sequences


@pytest.mark.parametrize("seed", [1, 2])
def test_a_sequence_of_requests_never_fails_the_server(server, seed):
    sequences.Walk(server, seed).run(1200)
