"""Properties of every parser and endpoint, tried with random input: ``python -m tests.fuzz SECONDS``.

`tests/test_fuzz.py` tries each a few times; the command goes on with new input until the time is over.
"""
