"""Samples and transfers: when they happen, what waits, what is discarded, what is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from staros_cli.chassis.bulkstats.collector import (
    MOST_BATCHES,
    MOST_LATE,
    MOST_LATE_VALUES,
    MOST_RECORDS,
    SLICE,
    Bulkstats,
    Value,
)
from staros_cli.chassis.bulkstats.files import Counts
from staros_cli.chassis.bulkstats.settings import (
    REDUNDANT,
    SECONDARY,
    BulkstatsSettings,
    FileSettings,
    Receiver,
    Schema,
)
from staros_cli.chassis.clock import ManualClock, Timeline
from staros_cli.chassis.events import EventStream
from staros_cli.messages import Refused

FIRST, SECOND = Receiver("192.0.2.70"), Receiver("192.0.2.71", SECONDARY)
SCHEMAS = (
    Schema("card", "c2", "%n%,%at%"),
    Schema("card", "c10", "ten"),
    Schema("system", "s", "\\n"),
)
ONE_FILE = FileSettings(1, "/%at%.csv", "head %at%", "end", (FIRST, SECOND), SCHEMAS)
SETTINGS = BulkstatsSettings(enabled=True, sample=5, transfer=10, limit=100, files=(ONE_FILE,))


class Numbers:
    """Has two cards and one system."""

    def __init__(self, cards: int = 2) -> None:
        self.cards = cards
        self.is_standby = False

    def shared(self, at: float) -> Mapping[str, str]:
        return {"at": f"{at:.0f}"}

    def readers(self, kind: str, shared: Mapping[str, str]) -> Iterable[Value]:
        for number in range({"card": self.cards, "system": 1}.get(kind, 0)):
            values = {**shared, "n": str(number)}
            yield lambda name, values=values: values.get(name, "")


class Gathering:
    """Bulk statistics that are gathered by a clock that the test moves."""

    def __init__(self, settings: BulkstatsSettings = SETTINGS, cards: int = 2) -> None:
        self.clock = ManualClock(1000.0)
        self.timeline = Timeline(self.clock)
        self.events = EventStream()
        self.silent: set[str] = set()
        self.bulkstats = Bulkstats(self.timeline, self.events, lambda a: a not in self.silent)
        self.source = Numbers(cards)
        self.bulkstats.take_from(lambda: self.source)
        self.configure(settings)

    def configure(self, settings: BulkstatsSettings) -> None:
        self.bulkstats.read = lambda: settings
        self.bulkstats.look()

    def until(self, time: float) -> None:
        self.clock.advance(time - self.clock.now())
        self.timeline.catch_up()

    @property
    def text(self) -> str:
        return "".join(batch.text for batch in self.bulkstats.waiting(1))

    @property
    def traps(self) -> list[str]:
        return [f"{event.kind.name} {event.text}" for event in self.events.history]

    def counts(self) -> tuple[Counts, Counts, Counts, Counts]:
        file = self.bulkstats.files[1]
        found = file.statistics
        return found.collected, found.transmitted, found.discarded, file.waiting


def test_samples_stand_on_a_grid_and_have_one_time() -> None:
    run = Gathering(replace(SETTINGS, transfer=1000))
    run.until(1200.5)
    assert run.text == ""
    run.until(1500)
    assert run.text == "ten\n0,1201\nten\n1,1201\n\n"
    assert run.bulkstats.files[1].statistics.collected == Counts(5, 23)
    run.until(1501)
    assert run.bulkstats.files[1].statistics.collected == Counts(10, 46)


def test_a_schema_without_a_format_makes_no_record() -> None:
    run = Gathering(replace(SETTINGS, files=(FileSettings(1, schemas=(Schema("card", "c"),)),)))
    run.until(1201)
    assert run.counts()[0] == Counts()


def test_on_a_standby_chassis_some_or_all_is_left_out() -> None:
    schemas = (Schema("card", "a", "active", active_only=True), Schema("system", "s", "all"))
    settings = replace(SETTINGS, files=(FileSettings(1, schemas=schemas),))
    run = Gathering(settings)
    run.source.is_standby = True
    run.until(1201)
    assert run.text == "all\n"
    run.configure(replace(settings, on_standby=False))
    run.until(1501)
    with pytest.raises(Refused, match="standby chassis"):
        run.bulkstats.force_gather()
    assert run.text == "all\n"
    run.source.is_standby = False
    run.until(1801)
    assert run.text == "all\nactive\nactive\nall\n"


def test_a_transfer_comes_behind_the_sample_of_its_time() -> None:
    run = Gathering()
    run.until(1801)
    collected, transmitted, discarded, waiting = run.counts()
    assert collected.records == transmitted.records == 15
    assert discarded == waiting == Counts()
    # All that was collected, with the first and the last line of two files.
    assert transmitted.octets == collected.octets + 2 * len("head 1801\nend\n")
    assert run.bulkstats.files[1].statistics.last == Counts(10, 2 * 23 + 14)
    assert run.bulkstats.files[1].statistics.succeeded_at == 1801


def test_without_collection_nothing_is_due() -> None:
    run = Gathering(replace(SETTINGS, enabled=False))
    assert run.timeline.next_due is None
    for force in (run.bulkstats.force_gather, run.bulkstats.force_transfer):
        with pytest.raises(Refused, match="not enabled"):
            force()


def test_collection_that_ends_gathers_no_more_and_keeps_what_waits() -> None:
    run = Gathering()
    run.until(1501)
    before = run.text
    run.configure(replace(SETTINGS, enabled=False))
    run.until(9000)
    assert run.text == before != ""
    assert run.timeline.next_due is None


def test_another_interval_counts_at_once() -> None:
    run = Gathering()
    run.configure(replace(SETTINGS, sample=1, transfer=1000))
    run.until(1000 + 180)
    assert run.bulkstats.files[1].statistics.collected.records == 15


def test_the_secondary_gets_what_the_primary_does_not_take() -> None:
    run = Gathering()
    run.silent = {FIRST.address}
    run.until(1201)
    assert run.bulkstats.files[1].server == SECOND.address
    assert run.traps == [
        "FTPFailure vpn local ip address 192.0.2.70 file /1201.csv application systemfile",
        "FTPServSwitch vpn local from ip address 192.0.2.70 to ip address 192.0.2.71 "
        "application systemfile",
    ]
    run.silent = set()
    run.until(1801)
    assert run.bulkstats.files[1].server == FIRST.address
    assert run.traps[2:] == [
        "FTPServSwitch vpn local from ip address 192.0.2.71 to ip address 192.0.2.70 "
        "application systemfile",
    ]
    run.until(2401)
    assert len(run.traps) == 3


def test_what_no_receiver_takes_waits_for_the_next_transfer() -> None:
    run = Gathering()
    run.silent = {FIRST.address, SECOND.address}
    run.until(1201)
    statistics = run.bulkstats.files[1].statistics
    assert (statistics.tried_at, statistics.succeeded_at) == (1201, None)
    assert run.counts()[3] == Counts(5, 23)
    assert [trap.split()[0] for trap in run.traps] == ["FTPFailure", "FTPFailure"]
    with pytest.raises(Refused, match="file 1"):
        run.bulkstats.force_transfer()
    run.silent = set()
    run.bulkstats.force_transfer()
    assert run.counts()[3] == Counts()
    assert run.counts()[1].records == 5


def test_redundant_receivers_both_get_all_of_it() -> None:
    run = Gathering(replace(SETTINGS, files=(replace(ONE_FILE, mode=REDUNDANT),)))
    run.silent = {SECOND.address}
    run.until(1201)
    with pytest.raises(Refused, match="file 1"):
        run.bulkstats.force_transfer()
    run.until(1801)
    # The first has all of it, the second nothing: all of it waits, and nothing goes out twice.
    assert run.counts()[3].records == 15
    assert run.bulkstats.files[1].statistics.last.records == 10
    assert run.counts()[1].records == 0
    run.silent = {FIRST.address}
    run.until(2401)
    assert run.bulkstats.files[1].statistics.last.records == 25
    assert run.counts()[1].records == 15  # what both have
    assert run.counts()[3].records == 10
    run.silent = set()
    run.until(3001)
    assert run.counts()[3] == Counts()
    assert not [trap for trap in run.traps if "Switch" in trap]


def test_without_a_receiver_nothing_is_tried() -> None:
    run = Gathering(replace(SETTINGS, files=(replace(ONE_FILE, receivers=()),)))
    run.until(3001)
    assert run.bulkstats.files[1].statistics.tried_at is None
    assert run.counts()[3].records == 35
    with pytest.raises(Refused, match="No receiver"):
        run.bulkstats.force_transfer()


def test_above_the_limit_the_oldest_is_discarded_and_there_is_a_trap_before() -> None:
    wide = FileSettings(1, schemas=(Schema("card", "c", "x" * 4095),))
    run = Gathering(replace(SETTINGS, files=(wide,)), cards=6)  # 24 KB a sample
    run.until(1000 + 3 * 300)
    assert run.traps == []
    run.until(1000 + 4 * 300)
    assert run.traps == ["StatFilesizeExceeded limit 100 measured 96"]
    assert run.counts()[2] == Counts()
    run.until(1000 + 6 * 300)
    assert run.counts()[2].records == 12
    assert run.counts()[3].octets <= 100 * 1024
    run.bulkstats.discard()
    assert run.traps[1:] == ["StatFilesizeClear limit 100 measured 0"]
    assert run.counts()[3] == Counts()
    assert run.counts()[0].records == run.counts()[2].records == 36


def test_the_limit_is_that_of_all_files_and_the_oldest_of_all_goes_first() -> None:
    lines = Schema("card", "c", "x" * 1023)
    files = (FileSettings(1, schemas=(lines,)), FileSettings(2, schemas=(lines,)))
    run = Gathering(replace(SETTINGS, files=files), cards=40)  # 80 KB a sample
    run.until(1201)
    run.until(1501)
    assert run.bulkstats.files[1].statistics.discarded.records == 40
    assert run.bulkstats.files[2].statistics.discarded.records == 40
    waiting = [file.waiting.records for file in run.bulkstats.files.values()]
    assert waiting == [40, 40]


def test_small_batches_are_bounded_as_well() -> None:
    tiny = FileSettings(1, schemas=(Schema("system", "s", "x"),))
    run = Gathering(replace(SETTINGS, limit=32000, files=(tiny,)))
    for _ in range(MOST_BATCHES + 7):
        run.bulkstats.gather()
    assert len(run.bulkstats.files[1].batches) == MOST_BATCHES
    assert run.counts()[2].records == 7


def test_a_large_sample_is_gathered_in_slices_with_one_time() -> None:
    many = FileSettings(1, schemas=(Schema("card", "c", "%n%,%at%"),))
    run = Gathering(replace(SETTINGS, limit=32000, files=(many,)), cards=SLICE)
    run.until(1201)
    assert run.bulkstats.is_gathering
    assert 0 < run.counts()[0].records < SLICE
    run.bulkstats.gather()  # no other begins
    run.until(1202)
    assert not run.bulkstats.is_gathering
    assert run.counts()[0].records == SLICE
    assert {line.split(",")[1] for line in run.text.splitlines()} == {"1201"}


def test_a_sample_has_so_many_records_at_most() -> None:
    many = FileSettings(1, schemas=(Schema("card", "c", "x"), Schema("system", "s", "y")))
    run = Gathering(replace(SETTINGS, limit=32000, files=(many,)), cards=MOST_RECORDS + 5)
    run.bulkstats.gather()
    run.until(1100)
    assert run.counts()[0].records == MOST_RECORDS


def test_a_clock_that_jumps_far_leaves_samples_out() -> None:
    run = Gathering(replace(SETTINGS, transfer=1000, limit=32000))
    run.until(1201 + MOST_LATE * 300)
    assert run.counts()[0].records == 5 * (MOST_LATE + 1)
    run.until(1201 + 10 * MOST_LATE * 300)
    assert 5 * MOST_LATE <= run.counts()[0].records - 5 * (MOST_LATE + 1) <= 5 * (MOST_LATE + 1)
    late = run.timeline.next_due
    assert late is not None
    assert (late - 1) % 300 == 0


def test_a_transfer_waits_for_the_sample_under_way() -> None:
    many = replace(ONE_FILE, schemas=(Schema("card", "c", "%n%,%at%"),))
    run = Gathering(replace(SETTINGS, limit=32000, files=(many,)), cards=SLICE)
    run.until(1201)
    assert run.counts()[1].records == 0
    run.until(1202)
    assert run.counts()[1].records == SLICE


def test_a_file_that_is_removed_takes_its_counts_along() -> None:
    run = Gathering()
    run.until(1201)
    run.configure(replace(SETTINGS, files=()))
    assert run.bulkstats.files == {}
    run.configure(SETTINGS)
    assert run.counts()[0] == Counts()


def test_counts_begin_anew_and_what_waits_stays() -> None:
    run = Gathering(replace(SETTINGS, files=(replace(ONE_FILE, receivers=()),)))
    run.until(1201)
    run.bulkstats.clear_counts()
    assert run.counts()[0] == Counts()
    assert run.counts()[3].records == 5


def test_names_of_files_are_printable_and_for_some_receivers_only() -> None:
    run = Gathering()
    settings = replace(ONE_FILE, remote="a\\nb%at%" + "x" * 400, named_for=(SECONDARY,))
    shared = {"at": "7"}
    assert run.bulkstats.name_of(settings, FIRST, shared) == "bulkstats_file1"
    name = run.bulkstats.name_of(settings, SECOND, shared)
    assert name.startswith("a.b7xx")
    assert len(name) == 255


@given(
    steps=st.lists(
        st.sampled_from(["wait", "first", "second", "gather", "transfer", "data", "redundant"]),
        max_size=25,
    )
)
def test_nothing_gets_lost_or_counted_twice(steps: list[str]) -> None:
    small = replace(ONE_FILE, schemas=(Schema("card", "c", "x" * 20_000), *SCHEMAS))
    run = Gathering(replace(SETTINGS, files=(small,)))
    around = len("head 0000\nend\n")
    mode, time = SETTINGS.mode, 1000.0
    transfers = 0
    for step in steps:
        last = run.bulkstats.files[1].statistics.succeeded_at
        if step == "wait":
            time += 300
            run.until(time)
        elif step in ("first", "second"):
            run.silent ^= {(FIRST if step == "first" else SECOND).address}
        elif step == "gather":
            run.bulkstats.force_gather()
        elif step == "data":
            run.bulkstats.discard()
        elif step == "redundant":
            mode = REDUNDANT if mode != REDUNDANT else SETTINGS.mode
            run.configure(replace(SETTINGS, files=(replace(small, mode=mode),)))
        else:
            run.bulkstats.transfer(run.timeline.now)
        transfers += run.bulkstats.files[1].statistics.succeeded_at != last
        collected, transmitted, discarded, waiting = run.counts()
        known = (transmitted.records, discarded.records, waiting.records)
        assert collected.records == sum(known)
        assert waiting.octets == sum(b.octets for b in run.bulkstats.files[1].batches)
        assert 0 <= waiting.octets <= 100 * 1024
        octets = collected.octets - discarded.octets - waiting.octets
        assert transmitted.octets >= octets
        assert (transmitted.octets - octets) % around == 0


def test_a_clock_that_jumps_makes_few_large_samples() -> None:
    many = FileSettings(1, schemas=(Schema("card", "c", "%n%,%at%"),))
    run = Gathering(replace(SETTINGS, transfer=1000, limit=32000, files=(many,)), cards=SLICE)
    run.until(1202)
    run.until(1202 + MOST_LATE * 300)
    samples = {line.split(",")[1] for line in run.text.splitlines()}
    each = 3 * SLICE
    assert 1 < len(samples) <= 2 + MOST_LATE_VALUES // each
    assert str(1201 + MOST_LATE * 300) in samples  # the latest are those that are made
