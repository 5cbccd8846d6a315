"""The calls whose traffic is charged for, with the columns of the device."""

from __future__ import annotations

import pytest

from tests.commands.test_charging_counters import APN, SERVICE
from tests.lab import Lab

HEAD = """\

  Session-ID:               20:d698c8b  Username: user100@lab.example
  Callid:                     5d698c8b  IMSI/MSID:          001010000000100
  MSISDN:                                                    99900000000100
  SessMgr Instance:                 20  SessMgr Card/Cpu:               2/0
  Client-IP:                                                    10.10.0.100
  NAS-IP:                                                               n/a
  Access-NAS-IP(FA):                                                       
  NAS-PORT:                       n/a   NSAPI:                          n/a
  Acct-Session-ID:                                                      n/a
"""  # noqa: W291
DYNAMIC = """\
  Dynamic Charging:                                                Disabled
  Dynamic Chrg Msg Received:         0  Rule Definitions Received:        0
  Installs Received:                 0  Removes Received:                 0
  Installs Succeeded:                0  Installs Failed:                  0
"""
INSTALLED = """\
Dynamic Charging Rule Name Statistics: n/a
Total Dynamic Rules:             0
Total Predefined Rules:          0
Total ADC Rules:                 0
Total Firewall Predefined Rules: 0
Total Time Based Pending PCC Rules: 0
Charging-Updates Statistics:         n/a
Dynamic Charging Rule Definition(s) Configured: n/a
Predefined Rules Enabled List: n/a
Predefined Firewall Rules Enabled List: n/a

Total acs sessions matching specified criteria: 1
"""
NO_FIREWALL = "No Firewall ruledef(s) match the specified criteria\n\n"
NO_POST_PROCESSING = (
    "  Post-processing Rulestats : No Post-processing ruledef(s) match the specified criteria\n"
)
CARRIER = "  Carrier-ID:                      n/a  ESN:                            n/a\n"
RIGHT = 75


@pytest.fixture
def lab() -> Lab:
    """A chassis whose calls have a rulebase."""
    lab = Lab()
    assert lab.configure(*SERVICE, *APN) == ""
    lab.wait(5)
    return lab


def record(lab: Lab, line: str, key: str) -> dict[str, int]:
    """The first record with a key among what a screen shows."""
    data = lab.reply(line).data
    found: dict[str, int] = next(row for row in data if key in row)
    return found


def test_a_record_has_the_columns_of_the_device(lab: Lab) -> None:
    text = lab.typed("show active-charging sessions full msid 001010000000100")
    assert text.startswith(HEAD)
    assert CARRIER in text
    lines = text.splitlines()
    data = record(lab, "show active-charging sessions full msid 001010000000100", "callid")
    uplink = next(line for line in lines if line.startswith("  Uplink Bytes:"))
    assert uplink[:38].endswith(f" {data['uplink_bytes']}")
    assert uplink[:RIGHT].endswith(f" {data['downlink_bytes']}")
    assert len(uplink) == RIGHT
    created = next(line for line in lines if line.startswith("  Creation Time:"))
    assert created.endswith("Monday February 16 08:17:17 GMT 2026")
    assert len(created) == RIGHT
    assert lines[-1] == "Total acs sessions matching specified criteria: 1"


def test_rules_that_no_server_installs_are_told_at_the_end(lab: Lab) -> None:
    line = "show active-charging sessions full msid 001010000000100"
    updates = f"  Charging Updates:{'n/a':>56}\n"
    text = lab.typed(line)
    assert DYNAMIC in text
    assert text.endswith(updates + NO_FIREWALL + NO_POST_PROCESSING + INSTALLED)
    lab.configure("active-charging service acs", "rulebase R", "no action priority 10")
    lab.configure("active-charging service acs", "rulebase R", "no action priority 20")
    lab.wait(5)
    no_charging = "No Charging ruledef(s) match the specified criteria\n"
    ends = updates + no_charging + NO_FIREWALL + NO_POST_PROCESSING + INSTALLED
    assert lab.typed(line).endswith(ends)


def test_what_is_charged_is_what_the_call_carries(lab: Lab) -> None:
    one = "full msid 001010000000100"
    charged = record(lab, f"show active-charging sessions {one}", "callid")
    carried = record(lab, f"show subscribers {one}", "callid")
    assert charged["uplink_bytes"] == carried["input_bytes"]
    assert charged["downlink_bytes"] == carried["output_bytes"]
    assert charged["rulebase"] == carried["rulebase"]
    assert "  ECS Rulebase: R                        Firewall" in lab.typed(
        f"show subscribers {one}"
    )


def test_the_summary_adds_up_and_filters_choose(lab: Lab) -> None:
    rows = lab.reply("show active-charging sessions full msid 00101000000010*").data
    records = [row for row in rows if "uplink_bytes" in row]
    data = lab.reply("show active-charging sessions summary msid 00101000000010*").data
    assert data["total_active_charging_sessions"] == len(records) == 10
    assert data["total_uplink_bytes"] == sum(row["uplink_bytes"] for row in records)
    total = "Total acs sessions matching specified criteria: "
    assert lab.typed("show active-charging sessions rulebase R").endswith(f"{total}1024\n")
    assert lab.typed("show active-charging sessions rulebase other").endswith(f"{total}0\n")
    one = lab.typed("show active-charging sessions rulebase R msid 001010000000100")
    assert one.endswith(f"{total}1\n")


def test_calls_without_a_rulebase_are_not_among_them() -> None:
    assert Lab().typed("show active-charging sessions full").splitlines() == [
        "",
        "Total acs sessions matching specified criteria: 0",
    ]
