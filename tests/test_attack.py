"""The short form of `make attack`, and that it would notice what it is for."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.attack.attacks import ATTACKS, OF_CLASS
from tests.attack.run import END, GROWTH, P95, Figures, run

GOOD = Figures("x", 1, 100, 0.001, P95, 1.0, 50.0, 500.0, 50.0 + GROWTH, END, "")


@pytest.mark.end_to_end
@pytest.mark.parametrize("name", ["ten greps", "environment"])
def test_an_attack_runs_and_the_server_has_nothing_to_say(name: str, tmp_path: Path) -> None:
    """How long it took says nothing on a machine that runs tests."""
    found = run(name, 1.0, tmp_path)
    assert found.rounds
    assert found.count
    assert found.complaints == ""


def test_what_is_within_the_limits_is_good() -> None:
    assert GOOD.faults == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rounds": 0}, "the attack did nothing"),
        ({"p95": P95 + 0.01}, "95 of 100 waits are up to 60 ms"),
        ({"after": 50.0 + GROWTH + 1}, "31 MiB are not given back"),
        ({"end": END + 1}, "it took 6.0 s to end"),
        ({"complaints": "Traceback"}, "the server said: Traceback"),
    ],
)
def test_what_is_beyond_them_is_told(change: dict[str, object], said: str) -> None:
    assert msgspec.structs.replace(GOOD, **change).faults == [said]


def test_every_attack_says_what_it_is() -> None:
    assert all(attack.__doc__ for attack in (*ATTACKS.values(), *OF_CLASS.values()))
