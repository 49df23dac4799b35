import pytest

# so that what a failed assertion compares is said there too
pytest.register_assert_rewrite("faults")
