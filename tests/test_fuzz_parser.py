"""The laws of the lenient parser, on a few of the strings that ``tests.fuzz_parser`` makes."""

from __future__ import annotations

from tests.fuzz_parser import fuzz


def test_any_string_means_something_prints_as_it_and_can_be_searched() -> None:
    seen = fuzz(1_500, seed=20, every=30)
    assert seen["strings"] == 1_500
    assert seen["searched"] == 50
    assert 0 < seen["with notices"] < 1_500
