"""One minute of what `make soak` does for ten."""

from __future__ import annotations

import asyncio

from tests.soak import faults, soak


def test_a_minute_of_visits_leaves_nothing_behind() -> None:
    assert faults(asyncio.run(soak(54.0))) == []
