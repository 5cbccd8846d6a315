"""The short form of `make fuzz`: a few rounds with fixed seeds."""

from __future__ import annotations

import pytest

from tests.fuzz.run import Tally, one_round


@pytest.mark.parametrize("seed", range(4))
def test_random_lines_damaged_files_and_streams_do_no_harm(seed: int) -> None:
    tally = Tally()
    one_round(seed, tally, lines=400, files=12, streams=60)
    assert [fault for fault in tally.faults if not fault.endswith(" s")] == []
    assert tally.lines > 100
    assert tally.streams == 60
