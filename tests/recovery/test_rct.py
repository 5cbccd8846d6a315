"""The records of the Recovery Control Task as they are shown: SR-31 to SR-35."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staros_cli.chassis.invariants import violations
from staros_cli.chassis.rct import Action, RctRecord, RctStats
from tests.lab import Lab
from tests.recovery.support import CHAPTER, recovering, words


@pytest.mark.proves("SR-32")
def test_the_one_action_of_the_chapter() -> None:
    """Words and order are the chapter's; the figures of the summary are computed."""
    shown = Lab("asr5000-rct-one").typed("show rct stats")
    assert words(shown) == words((CHAPTER / "rct-stats.txt").read_text())


@pytest.mark.proves("SR-31", "SR-33", "SR-34")
def test_the_five_actions_of_the_chapter() -> None:
    """Line by line in the order of the chapter, the details line before the second included."""
    shown = Lab("asr5000-rct-five").typed("show rct stats verbose")
    assert words(shown) == words((CHAPTER / "rct-stats-verbose.txt").read_text())


@pytest.mark.proves("SR-33")
def test_records_of_one_form_stand_under_one_details_line() -> None:
    lab = recovering()
    lab.chassis.card_actions.migrate(1, 4)
    lab.wait(60)
    lab.chassis.card_actions.migrate(2, 1)
    lab.wait(60)
    shown = lab.typed("show rct stats verbose")
    assert shown.count("RCT stats Details (Last 2 Actions)\n") == 1
    labels = [line.split(" : ")[0].strip() for line in shown.splitlines() if " : " in line]
    assert labels[:14] == [
        "Action",
        "Type",
        "From",
        "To",
        "Start Time",
        "Failure Reason",
        "Failure Device",
        "Is Card Usable",
        "Recovery Status",
        "Facility",
        "Instance",
        "Duration",
        "Graceful",
        "Recovered [1]",
    ]


@pytest.mark.proves("SR-32", "SR-35")
def test_figures_follow_from_what_happened() -> None:
    lab = recovering()
    began = lab.chassis.now
    lab.chassis.card_actions.migrate(1, 4)
    lab.wait(100)
    lab.chassis.card_actions.migrate(2, 1)
    lab.wait(100)
    first, second = lab.chassis.rct.records
    assert first.started_at == began
    assert second.started_at == began + 100
    summary = lab.chassis.rct.summary()
    assert summary.migrations.seconds == pytest.approx((first.duration + second.duration) / 2)
    assert first.duration != second.duration
    assert {t.slot for t in first.recovered} == {1}
    assert {t.slot for t in second.recovered} == {2}


@pytest.mark.proves("SR-35")
def test_a_longer_migration_is_one_of_more_calls() -> None:
    durations = []
    for count in (6, 60):
        lab = recovering(groups=((count, "mme", ""),))
        lab.chassis.card_actions.migrate(1, 4)
        lab.wait(100)
        (record,) = lab.chassis.rct.records
        durations.append(record.duration)
    assert durations[0] < durations[1]


def record(action: Action, planned: bool | None, reason: str, seconds: float) -> RctRecord:
    """A record as far as the summary looks at it."""
    return RctRecord(action, planned, 1, 2, 0.0, seconds, reason=reason)


records = st.builds(
    record,
    st.sampled_from(Action),
    st.sampled_from([True, False, None]),
    st.sampled_from(["", "CPU_CRITICAL_TASK_FAILURE"]),
    st.floats(0, 1000),
)


@pytest.mark.proves("SR-32")
@given(st.lists(records, max_size=20))
def test_the_summary_is_computed_from_the_records(found: list[RctRecord]) -> None:
    """All migrations count but the planned ones with a reason, which the chapter leaves out."""
    summary = RctStats(found).summary()
    counted = [
        r.duration
        for r in found
        if r.action is Action.MIGRATION and not (r.planned is True and r.reason)
    ]
    switched = [r.duration for r in found if r.action is Action.SWITCHOVER]
    for mean, durations in ((summary.migrations, counted), (summary.switchovers, switched)):
        assert mean.count == len(durations)
        assert mean.seconds * max(1, mean.count) == pytest.approx(sum(durations))


@pytest.mark.parametrize(
    ("name", "active", "standby"),
    [
        ("asr5000-rct-one", {1, 3, 4}, {2}),
        ("asr5000-rct-five", {1, 2, 3, 4, 6, 10, 11, 13, 14, 15, 16}, {5, 7, 12}),
    ],
)
@pytest.mark.proves("SR-31")
def test_every_view_of_a_chapter_chassis_tells_the_story_of_its_records(
    name: str, active: set[int], standby: set[int]
) -> None:
    lab = Lab(name)
    cards = {
        int(line[:2]): line[53:66].strip()
        for line in lab.typed("show card table").splitlines()[2:]
        if "Packet" in line
    }
    assert {slot for slot, state in cards.items() if state == "Active"} == active
    assert {slot for slot, state in cards.items() if state == "Standby"} == standby
    where: dict[int, int] = {}
    for entry in lab.chassis.rct.records:
        assert {entry.source, entry.target} <= set(cards)
        if entry.status == "Success":
            where |= {entry.source: 0, entry.target: 1}
        elif entry.facility:
            assert lab.typed(
                f"show task table facility {entry.facility} instance {entry.instance}"
            ).count(entry.facility)
        for task in entry.recovered:
            assert lab.chassis.tasks.get(task.facility, task.instance) is not None
    assert {slot for slot, on in where.items() if on} <= active
    assert {slot for slot, on in where.items() if not on} <= standby
    assert lab.status() == "Ready For Recovery"
    assert violations(lab.chassis) == []
    rows = lab.typed("show session recovery status verbose").splitlines()[7:]
    assert {int(re.split(r"[ /]+", row.strip())[0]) for row in rows} == active | standby


@pytest.mark.proves("SR-31")
def test_instances_of_the_five_records_run_where_card_5_was_migrated_to() -> None:
    lab = Lab("asr5000-rct-five")
    for instance in (3, 6):
        task = lab.chassis.tasks.get("sessmgr", instance)
        assert task is not None
        assert str(task.cpu) == "6/0"


@pytest.mark.proves("SR-32")
def test_without_any_action_there_is_no_table() -> None:
    """A client that takes `#` for the end of the output finds the counts before any."""
    assert Lab().typed("show rct stats") == (
        "RCT stats details (Last 0 Actions)\n"
        "\n"
        "RCT stats summary\n"
        "-----------------\n"
        "Migrations = 0\n"
        "  Management Card: 0 Average time: 0.000 sec\n"
        "  Packet Card    : 0 Average time: 0.000 sec\n"
        "Switchovers = 0, Average time - 0.000 sec\n"
    )
