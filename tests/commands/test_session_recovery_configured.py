"""Session Recovery as it is enabled, saved, disabled and lost: SR-13 to SR-26."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from staros_cli.chassis.definition import built_in_names
from staros_cli.chassis.licence import License
from staros_cli.chassis.storage import locate
from tests.lab import START, Lab

READY = "Ready For Recovery"
NOT_READY = "SESSMGR Not Ready For Recovery"
NOT_ENABLED = "Session Recovery Not Enabled"
WARNING = (
    "Warning: This change takes effect only after the system has been restarted\n"
    "- please save the configuration and enter 'reload'\n"
)


def standby_tasks(lab: Lab) -> int:
    return lab.typed("show task resources facility sessmgr all").count(" S   ")


def enabled_lab() -> Lab:
    """A chassis on which the feature was enabled, saved and brought into effect."""
    lab = Lab()
    lab.configure("require session recovery")
    lab.typed("save configuration -noconfirm")
    lab.reload()
    return lab


def key_line(**values: object) -> str:
    made = License(**{"chassis": "LAB0000E001", "features": ("ggsn", "pgw"), **values})  # type: ignore[arg-type]
    return 'license key "' + made.key().replace("\n", "") + '"'


@pytest.mark.proves("SR-13")
def test_refused_without_licence_and_nothing_changes() -> None:
    lab = Lab("asr5500-unlicensed")
    assert "Session Recovery" not in lab.typed("show license info")
    before = lab.typed("show configuration")
    reply = lab.reply("configure", "require session recovery")
    assert reply.text == "Failure: Session Recovery is not licensed on this system\n"
    assert reply.failed
    lab.typed("end")
    assert lab.typed("show configuration") == before
    assert re.search(r"Session Recovery +Disabled", lab.typed("show license info full"))


@pytest.mark.proves("SR-13")
def test_a_key_that_carries_it_makes_it_possible() -> None:
    lab = Lab("asr5500-unlicensed")
    made = License("LAB0000E003", ("ggsn", "pgw", "session-recovery"), {"PGW": 10})
    lab.configure('license key "' + made.key().replace("\n", "") + '"')
    assert re.search(r"Session Recovery +Enabled", lab.typed("show license info full"))
    assert lab.configure("require session recovery") == WARNING


@pytest.mark.proves("SR-14")
@pytest.mark.parametrize(
    "name", [n for n in built_in_names() if not n.startswith(("asr5000", "user-plane"))]
)
def test_off_by_default(name: str) -> None:
    lab = Lab(name)
    assert lab.status() == NOT_ENABLED
    assert standby_tasks(lab) == 0
    assert "session recovery" not in lab.typed("show configuration | grep require")


@pytest.mark.proves("SR-15")
def test_entered_into_the_running_configuration() -> None:
    lab = Lab()
    lab.configure("require session recovery")
    assert lab.typed("show configuration | grep require") == "  require session recovery\n"


@pytest.mark.proves("SR-16")
def test_out_of_service_needs_no_reload() -> None:
    lab = Lab("asr5500-oos")
    assert lab.configure("require session recovery") == ""
    assert lab.wait(10) == ""
    assert lab.status() == NOT_READY
    assert not list(lab.chassis.tasks.of("sessmgr"))
    printed = lab.configure(
        "context A",
        "interface I loopback",
        "ip address 198.51.100.1 255.255.255.255",
        "exit",
        "ha-service P",
        "bind address 198.51.100.1",
    )
    assert printed == ""
    assert lab.status() == NOT_READY
    lab.wait(30)
    assert lab.status() == READY
    assert standby_tasks(lab) > 0


@pytest.mark.proves("SR-16")
def test_out_of_service_switched_on_and_off_again_stays_off() -> None:
    lab = Lab("asr5500-oos")
    assert lab.configure("require session recovery", "no require session recovery") == ""
    lab.configure("context A")
    assert not lab.chassis.recovery.in_effect


@pytest.mark.proves("SR-17")
def test_in_service_nothing_changes_until_reload() -> None:
    lab = Lab()
    tasks = lab.typed("show task resources")
    assert lab.configure("require session recovery") == WARNING
    lab.clock.advance(0.0)
    assert lab.typed("show task resources") == tasks
    lab.wait(60)
    assert lab.status() == NOT_ENABLED
    assert standby_tasks(lab) == 0


@pytest.mark.proves("SR-18")
def test_stands_before_contexts_wherever_it_was_typed() -> None:
    lab = Lab()
    lab.configure("context LATE", "exit", "require session recovery", "system hostname other")
    lab.typed("save configuration /flash/x.cfg")
    lines = [line.strip() for line in lab.typed("show file url /flash/x.cfg").splitlines()]
    place = lines.index("require session recovery")
    assert all(lines.index(line) > place for line in lines if line.startswith("context "))
    assert lines[0].startswith("#!$$ StarOS V21.28 Chassis ")
    assert lines[1] == "config"
    assert lines[-1] == "end"


@pytest.mark.proves("SR-19")
def test_unsaved_is_gone_after_reload() -> None:
    lab = Lab()
    lab.configure("require session recovery")
    lab.reload()
    assert "require" not in lab.typed("show configuration")
    assert lab.status() == NOT_ENABLED


@pytest.mark.proves("SR-20")
@pytest.mark.parametrize("answer", ["no", "", "n", "maybe", "yesno"])
def test_reload_only_after_yes(answer: str) -> None:
    lab = Lab()
    asked = lab.reply("reload")
    assert asked.prompt == "Are you sure? [Yes|No]: "
    assert lab.typed(answer) == "Action aborted\n"
    assert lab.chassis.is_up
    assert len(lab.chassis.sessions) == 1024


@pytest.mark.proves("SR-20")
@pytest.mark.parametrize("answer", ["yes", "y", "YES", "Y"])
def test_reload_ends_the_sessions(answer: str) -> None:
    lab = Lab()
    lab.typed("reload")
    assert "going down" in lab.typed(answer)
    assert not lab.chassis.is_up
    assert len(lab.chassis.sessions) == 0
    assert "is up" in lab.wait(2)


@pytest.mark.proves("SR-21")
def test_from_not_ready_to_ready_within_30_seconds() -> None:
    lab = Lab()
    lab.configure("require session recovery")
    lab.typed("save configuration -noconfirm")
    lab.reload(settle=2.0)
    seen = []
    for _ in range(30):
        seen.append(lab.status())
        lab.wait(1)
    assert seen[0] == NOT_READY
    assert lab.status() == READY
    changes = [
        status for before, status in zip(["", *seen], seen, strict=False) if before != status
    ]
    assert changes == [NOT_READY, READY]
    rows = lab.typed("show session recovery status verbose").splitlines()
    assert any(row.endswith("Good (Demux)") for row in rows)
    assert any("Standby" in row for row in rows)


HAND_EDITED = """config
  system hostname edited
{first}  context local
  #exit
  context A
    interface I loopback
      ip address 198.51.100.1 255.255.255.255
    #exit
    ha-service P
      bind address 198.51.100.1
    #exit
  #exit
{last}end
"""


def edited_lab(first: str = "", last: str = "") -> tuple[Lab, str]:
    lab = Lab()
    key = 'license key "\\\n' + lab.chassis.license.license.key() + '"\n'  # type: ignore[union-attr]
    text = HAND_EDITED.format(first=key + first, last=last)
    lab.chassis.storage.write(locate("/flash/system.cfg"), text.encode(), START)
    return lab, lab.reload()


@pytest.mark.proves("SR-22")
def test_hand_edited_before_the_contexts_works() -> None:
    lab, console = edited_lab(first="require session recovery\n")
    assert "Warning" not in console
    assert lab.status() == READY


@pytest.mark.proves("SR-22")
def test_hand_edited_after_a_context_is_as_in_service() -> None:
    lab, console = edited_lab(last="require session recovery\n")
    line = 1 + lab.typed("show file url /flash/system.cfg").splitlines().index(
        "require session recovery"
    )
    assert f"/flash/system.cfg line {line}: require session recovery\n{WARNING}" in console
    assert lab.status() == NOT_ENABLED
    # Saved again it stands where it belongs, and the next start brings it into effect.
    lab.typed("save configuration -noconfirm")
    lab.reload()
    assert lab.status() == READY


@pytest.mark.proves("SR-23")
def test_disabled_only_after_reload() -> None:
    lab = enabled_lab()
    assert lab.status() == READY
    assert lab.configure("no require session recovery") == WARNING
    lab.wait(60)
    assert lab.status() == READY
    lab.typed("save configuration -noconfirm")
    lab.reload()
    assert lab.status() == NOT_ENABLED
    assert standby_tasks(lab) == 0


@pytest.mark.proves("SR-24")
def test_licence_gone_at_boot_is_said_and_the_feature_off() -> None:
    lab = enabled_lab()
    lab.configure(key_line())
    lab.typed("save configuration -noconfirm")
    console = lab.reload()
    assert (
        "require session recovery\nWarning: Session Recovery is configured and not licensed\n"
        "- the system runs without it\n"
    ) in console
    assert lab.chassis.is_up
    assert lab.status() == NOT_ENABLED
    assert standby_tasks(lab) == 0
    assert "not licensed" in lab.typed("show configuration errors")
    assert "  require session recovery\n" in lab.typed("show configuration")


@pytest.mark.proves("SR-24")
def test_licence_expired_at_boot() -> None:
    lab = Lab()
    features = ("ggsn", "pgw", "session-recovery")
    lab.configure(key_line(features=features, expires=START + 3600), "require session recovery")
    lab.typed("save configuration -noconfirm")
    lab.reload()
    assert lab.status() == READY
    lab.wait(3600)
    assert lab.status() == READY
    console = lab.reload()
    assert "The license key expired on Friday March 27 18:12:25 UTC 2026" in console
    assert lab.status() == NOT_ENABLED


@pytest.mark.proves("SR-25")
def test_age_counts_from_the_last_check() -> None:
    lab = Lab()
    lab.wait(10)
    ages = []
    for _ in range(12):
        text = lab.typed("show session recovery status").splitlines()[-1]
        found = re.fullmatch(r"  Last Status Update    : (\d+) second(s?) ago", text)
        assert found is not None
        assert (found[1] == "1") == (found[2] == "")
        ages.append(int(found[1]))
        lab.wait(1)
    assert sorted(set(ages)) == list(range(10))
    assert all(after == (before + 1) % 10 for before, after in pairwise(ages))


@pytest.mark.proves("SR-26")
def test_both_statuses_in_the_words_of_the_chapter() -> None:
    lab = Lab()
    lab.configure("require session recovery")
    lab.typed("save configuration -noconfirm")
    lab.reload(settle=3.0)
    assert lab.typed("show session recovery status") == (
        "Session Recovery Status:\n"
        "  Overall Status        : SESSMGR Not Ready For Recovery\n"
        "  Last Status Update    : 1 second ago\n"
    )
    lab.wait(20)
    assert "  Overall Status        : Ready For Recovery\n" in lab.typed(
        "show session recovery status"
    )


@pytest.mark.proves("SR-27")
@pytest.mark.parametrize("name", ["asr5000-chapter", "asr5500", "vpc-di", "vpc-si"])
def test_counts_agree_with_tasks_and_cards(name: str) -> None:
    lab = Lab(name)
    lab.configure("require session recovery")
    lab.typed("save configuration -noconfirm")
    lab.reload()
    verbose = lab.typed("show session recovery status verbose").splitlines()
    shown = {
        row.split()[0]: row.split()[1:]
        for row in verbose
        if re.match(r" *\d+/\d (Active|Standby)", row)
    }
    counted: dict[str, list[int]] = {}
    for line in lab.typed("show task resources").splitlines():
        found = re.match(
            r" *(\d+/\d) (sessmgr|aaamgr|a11mgr|hamgr|gtpcmgr|gtpumgr|egtpinmgr)", line
        )
        if found:
            standby = line.split()[-2] == "S"
            place = {"sessmgr": 0, "aaamgr": 2}.get(found[2], 4) + standby
            counted.setdefault(found[1], [0] * 5)[place] += 1
    assert {cpu: [int(n) for n in row[1:6]] for cpu, row in shown.items()} == counted
    states = {
        line.split(":")[0].strip(): line[53:66].strip()
        for line in lab.typed("show card table").splitlines()[2:]
    }
    assert all(states[cpu.split("/")[0]] == row[0] for cpu, row in shown.items())
    assert shown


@pytest.mark.proves("SR-27")
def test_the_table_of_the_chapter() -> None:
    """The verbose table of the chapter, figure by figure."""
    rows = Lab("asr5000-chapter").typed("show session recovery status verbose").splitlines()[7:]
    expected = """
    1/1 Active  2       1       1       1       0       Good
    1/2 Active  1       1       0       0       0       Good
    1/3 Active  1       1       3       1       0       Good
    2/1 Active  1       1       1       1       0       Good
    2/2 Active  1       1       0       0       0       Good
    2/3 Active  2       1       3       1       0       Good
    3/0 Active  0       0       0       0       1       Good (Demux)
    3/2 Active  0       0       0       0       1       Good (Demux)
    4/1 Standby 0       2       0       1       0       Good
    4/2 Standby 0       1       0       0       0       Good
    4/3 Standby 0       2       0       3       0       Good
    """
    assert [row.split() for row in rows] == [row.split() for row in expected.strip().splitlines()]
