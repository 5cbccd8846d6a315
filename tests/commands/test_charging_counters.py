"""What active charging counts: the traffic of calls, by the rules of their rulebase."""

from __future__ import annotations

import pytest

from staros_cli.chassis.charging import counters
from tests.lab import Lab

SERVICE = (
    "active-charging service acs",
    "ruledef web",
    "tcp either-port = 80",
    "exit",
    "ruledef every",
    "ip any-match = TRUE",
    "exit",
    "ruledef route",
    "rule-application routing",
    "tcp either-port = 80",
    "exit",
    "group-of-ruledefs g",
    "add-ruledef priority 20 every",
    "add-ruledef priority 3 ruledef web",
    "exit",
    "charging-action one",
    "content-id 100",
    "cca charging credit rating-group 5",
    "billing-action egcdr",
    "flow limit-for-bandwidth direction uplink peak-data-rate 512000 peak-burst-size 48000 "
    "violate-action discard",
    "exit",
    "charging-action two",
    "exit",
    "rulebase R",
    "action priority 10 ruledef web charging-action one",
    "action priority 20 ruledef every charging-action two monitoring-key 7",
    "route priority 5 ruledef route analyzer http",
    "exit",
    "exit",
)
APN = ("context SAEGW", "apn lab.example", "active-charging rulebase R")
HEADS = """
Ruledef Name        Packets-Down  Bytes-Down  Packets-Up   Bytes-Up       Hits Match-Bypassed
------------        ------------  ----------  ----------   --------       ---- --------------
"""
ONE = """\
   Charging Action Name: one
     Content ID: 100
     Service ID: 0
     EDRs: Disabled
     EGCDRs: Enabled 
         Rf: Disabled
       UDRs: Enabled 
     Flow Idle Timeout: 300 (secs)
     Limit For Flow Type: Disabled
     Bandwidth ID: 0
     Limit For Uplink Bandwidth: Enabled 
       Peak Data Rate : 512000 bits/second
       Peak Burst Size: 48000 bytes
       Violate Action : Discard
     Limit For Downlink Bandwidth: Disabled
"""  # noqa: W291
RULEBASE = """\
Service Name: acs

   Rule Base Name: R
     Charging Rule Optimization: High
     Action Priority     Type      Rule Name           Charging-action     Monitoring-key
     10                  RD        web                 one                 -
     20                  RD        every               two                 7
     Route Priority      Type      Rule Name           Analyzer
     5                   RD        route               http

     Total Rulebase(s) : 1
"""


@pytest.fixture
def lab() -> Lab:
    """A chassis whose calls have a rulebase."""
    lab = Lab()
    assert lab.configure(*SERVICE, *APN) == ""
    lab.wait(10)
    return lab


def rows(lab: Lab, screen: str, key: str) -> dict[str, dict[str, int]]:
    """The rows of a screen with counts by their names."""
    data = lab.reply(f"show active-charging {screen}").data
    found = data[0] if isinstance(data[0], list) else data
    return {row.pop(key): row for row in found}


def ruledefs(lab: Lab, which: str = "") -> dict[str, dict[str, int]]:
    return rows(lab, f"ruledef statistics {which}".rstrip(), "ruledef_name")


def test_ruledefs_are_shown_with_the_columns_of_the_device(lab: Lab) -> None:
    shown = lab.typed("show active-charging ruledef statistics all charging")
    assert shown.startswith(HEADS)
    lines = shown.splitlines()
    assert [line.split()[0] for line in lines[3:5]] == ["every", "web"]
    assert [len(line) for line in lines[3:5]] == [93, 93]
    assert shown.endswith("\n\nTotal Ruledef(s) : 2\n")
    lab.configure("active-charging service acs", "ruledef a-name-of-22-character")
    pushed = next(line for line in lab.typed("show active-charging ruledef statistics").splitlines()
                  if line.startswith("a-name"))  # fmt: skip
    assert len(pushed) == 93 + 3


def test_all_statistics_add_up(lab: Lab) -> None:
    lab.wait(90)
    charged = ruledefs(lab, "all charging")
    actions = rows(lab, "charging-action statistics", "charging_action_name")
    assert actions == {
        "one": {k: v for k, v in charged["web"].items() if k != "match_bypassed"},
        "two": {k: v for k, v in charged["every"].items() if k != "match_bypassed"},
    }
    rulebase = lab.reply("show active-charging rulebase statistics").data
    assert rulebase["sessions"] == 1024
    for key, column in (("up", "bytes_up"), ("down", "bytes_down"), ("packets_up", "packets_up")):
        assert rulebase[key] == sum(row[column] for row in charged.values()) > 0
    managers, carried = lab.reply("show active-charging subsystem all").data
    assert (managers["managers"], carried["up"]) == (40, rulebase["up"])


def test_rules_count_what_the_ports_carry(lab: Lab) -> None:
    lab.typed("clear active-charging ruledef statistics", "clear port all datalink counters")
    lab.wait(100)
    octets = sum(row["bytes_up"] for row in ruledefs(lab, "all charging").values())
    carried = sum(
        lab.reply(f"show port datalink counters {port}").data["rx_bytes"]
        for port in ("5/10", "5/11")
    )
    assert octets == pytest.approx(carried / 6, rel=1e-4)  # they carry what is sent down as well


def test_analyzers_have_what_is_routed_to_them(lab: Lab) -> None:
    routed = ruledefs(lab, "all routing")
    assert list(routed) == ["route"]
    assert (
        lab.reply("show active-charging analyzer statistics").data["up"]
        == (routed["route"]["bytes_up"])
    )
    assert "No analyzer matches" in lab.typed("show active-charging analyzer statistics name dns")


def test_what_was_counted_is_cleared_apart_and_for_one_name(lab: Lab) -> None:
    before = ruledefs(lab)
    lab.typed("clear active-charging ruledef statistics name web")
    after = ruledefs(lab)
    assert after["web"]["bytes_up"] == 0
    assert after["every"] == before["every"]
    actions = rows(lab, "charging-action statistics", "charging_action_name")
    assert actions["one"]["bytes_up"] == before["web"]["bytes_up"]
    lab.typed(
        "clear active-charging charging-action statistics",
        "clear active-charging analyzer statistics",
    )
    actions = rows(lab, "charging-action statistics", "charging_action_name")
    assert {row["bytes_up"] for row in actions.values()} == {0}
    assert lab.reply("show active-charging rulebase statistics").data["up"] > 0
    lab.typed("clear active-charging rulebase statistics all")
    assert lab.reply("show active-charging rulebase statistics").data["up"] == 0


def test_a_removed_rule_keeps_its_count_until_it_is_cleared(lab: Lab) -> None:
    lab.configure("no ruledef web")
    lab.wait(2)
    kept = ruledefs(lab)["web"]
    assert kept["bytes_up"] > 0
    lab.wait(60)
    assert ruledefs(lab)["web"] == kept
    lab.typed("clear active-charging ruledef statistics")
    assert "web" not in ruledefs(lab)


def test_a_rule_without_its_charging_action_counts_nothing_more(lab: Lab) -> None:
    lab.configure("no charging-action one")
    lab.wait(2)
    kept = ruledefs(lab)
    lab.wait(60)
    now = ruledefs(lab)
    assert now["web"] == kept["web"]
    assert now["every"]["bytes_up"] > kept["every"]["bytes_up"]


def test_calls_without_a_rulebase_are_not_charged(lab: Lab) -> None:
    lab.configure("context SAEGW", "apn lab.example", "no active-charging rulebase")
    lab.wait(2)
    kept = ruledefs(lab)
    lab.wait(60)
    assert ruledefs(lab) == kept
    assert lab.reply("show active-charging rulebase statistics").data["sessions"] == 0


def test_counts_begin_anew_after_a_restart(lab: Lab) -> None:
    lab.typed("save configuration /flash/system.cfg -noconfirm")
    lab.wait(300)
    before = ruledefs(lab)["every"]["bytes_up"]
    lab.reload(40)
    assert 0 < ruledefs(lab)["every"]["bytes_up"] < before


def test_objects_are_shown_as_they_are_configured(lab: Lab) -> None:
    assert lab.typed("show active-charging charging-action name one").startswith(ONE)
    assert "     Credit-Control: Enabled \n" in lab.typed(
        "show active-charging charging-action name one"
    )
    assert lab.typed("show active-charging rulebase name R") == RULEBASE
    assert lab.typed("show active-charging group-of-ruledefs name g") == (
        "Group of Ruledefs Name: g\n   Priority   Ruledef Name\n   3          web\n"
        "   20         every\n   Group Application Type: Charging\n\n"
        "Total Group(s) of Ruledefs: 1\n"
    )
    shown = lab.typed("show active-charging ruledef routing")
    assert shown.startswith("Ruledef Name: route\n   tcp either-port = 80\n")
    assert shown.endswith("   Multi-line OR: Disabled\n\nTotal Ruledef(s): 1\n")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("ruledef name x", "No Charging ruledef(s) match the specified criteria\n"),
        ("ruledef post-processing", "No Post-processing ruledef(s) match the specified criteria\n"),
        ("ruledef statistics name x", "No Charging ruledef(s) match the specified criteria\n"),
        ("charging-action name x", "No charging action matches the specified criteria\n"),
        (
            "charging-action statistics name x",
            "No charging action matches the specified criteria\n",
        ),
        ("rulebase name x", "No rulebase matches the specified criteria\n"),
        ("rulebase statistics name x", "No rulebase matches the specified criteria\n"),
        ("group-of-ruledefs name x", "No group of ruledefs matches the specified criteria\n"),
    ],
)
def test_what_is_not_there_is_told(lab: Lab, line: str, message: str) -> None:
    assert lab.typed(f"show active-charging {line}") == message


def test_rules_are_among_the_errors_of_the_configuration(lab: Lab) -> None:
    lab.configure(
        *("active-charging service acs", "rulebase R", "credit-control-group cc"),
        "action priority 30 ruledef web charging-action two",
        "exit", "group-of-ruledefs g", "add-ruledef priority 9 missing",
    )  # fmt: skip
    shown = lab.typed("show configuration errors section active-charging")
    assert "Error   : rulebase R\n- credit-control group cc is not configured\n" in shown
    assert "- ruledef missing is not configured\n" in shown
    assert (
        "Warning : action priority 30 ruledef web charging-action two (rulebase R)\n"
        "- action priority 20 ruledef every charging-action two monitoring-key 7 leaves it "
        "nothing, it matches every packet\n"
    ) in shown


def test_ruledefs_that_are_not_used_and_ask_in_vain_are_told(lab: Lab) -> None:
    service = "active-charging service acs"
    lab.configure(
        *(service, "ruledef old", "tcp src-port = 5", "tcp src-port = 6", "exit"),
        *("ruledef ports", "tcp src-port = 5", "tcp dst-port = 6", "exit"),
        *("rulebase R", "action priority 30 ruledef ports charging-action two"),
    )
    assert lab.typed("show configuration errors section active-charging").splitlines()[3:13] == [
        "Error   : Ruledef <old> is not used in any rulebase or group-of-ruledefs. "
        "It can be a dynamically enabled ADC ruledef and could be ignored",
        "Error   : group-of-ruledefs <g> is not used in any rulebase. "
        "It can be a dynamically enabled ADC group and could be ignored",
        "Total 2 error(s) in this section !",
        "",
        'Warning : Charging Ruledef <old> uses multiple "src-port" lines but does not have a '
        '"multi-line-or all-lines"',
        'Warning : Default rule (i.e. a ruledef with just the "ip any-match = TRUE" expression) is '
        "specified in the rulebase <R>, but not at lowest priority action command",
        "Warning : action priority 30 ruledef ports charging-action two (rulebase R)",
        "- action priority 20 ruledef every charging-action two monitoring-key 7 leaves it "
        "nothing, it matches every packet",
        "Total 3 warning(s) in this section!",
        "",
    ]
    lab.configure(
        service,
        "ruledef old",
        "multi-line-or all-lines",
        "exit",
        "rulebase R",
        "no action priority 30",
        "action priority 5 ruledef old charging-action two",
        "action priority 6 group-of-ruledefs g charging-action two",
    )
    lab.typed("end")
    text = lab.typed("show configuration errors section active-charging")
    assert "Ruledef <old>" not in text
    assert "<g> is not used" not in text
    assert "src-port" not in text


def test_matches_that_are_there_no_more_are_forgotten_when_there_are_too_many(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counters, "MOST_MATCHES", 3)
    for number in range(5):
        lab.configure(
            *("active-charging service acs", f"ruledef new{number}", "tcp any-match = TRUE"),
            *("exit", "rulebase R"),
            f"action priority 5 ruledef new{number} charging-action one",
        )
        lab.wait(5)
        lab.configure("active-charging service acs", f"no ruledef new{number}")
    lab.wait(5)
    assert set(ruledefs(lab)) == {"every", "route", "web"}


def test_many_rules_are_read_once_and_not_when_they_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lab = Lab()
    lines = ["active-charging service acs"]
    for number in range(50):
        lines += [f"charging-action c{number}", f"content-id {number + 1}", "exit"]
    for number in range(400):
        lines += [f"ruledef r{number}", f"tcp either-port = {number + 1}", "exit"]
    lines.append("rulebase R")
    lines += [
        f"action priority {number + 1} ruledef r{number} charging-action c{number % 50}"
        for number in range(400)
    ]
    lab.device.run("configure")
    for line in (*lines, "exit", "exit", *APN):
        assert not lab.reply(line).failed, line
    lab.typed("end")
    lab.wait(10)
    monkeypatch.setattr(lab.chassis.charging, "read", None)  # nobody calls it again
    assert len(ruledefs(lab)) == 400
    assert lab.typed("show active-charging rulebase name R").count("\n") > 400
