"""The time and its servers: how they are polled, and what is told when they fall silent."""

from __future__ import annotations

from tests.commands.test_outside_conditions import happen
from tests.lab import Lab

SERVERS = ("ntp", "enable", "server 192.0.2.80", "server 192.0.2.81 prefer", "server 192.0.2.82")
HEAD = """\
+----Peer Selection: ( ) - Rejected / No Response
|                    (x) - False Tick
|                    (.) - Excess
|                    (-) - Outlyer
|                    (+) - Candidate
|                    (#) - Selected
|                    (*) - System Peer
|                    (o) - PPS Peer
v
     remote           refid      st t when poll reach   delay   offset  jitter
==============================================================================
"""


def node() -> Lab:
    lab = Lab()
    lab.configure(*SERVERS)
    return lab


def rows(lab: Lab) -> list[list[str]]:
    return [line.split() for line in lab.typed("show ntp associations").splitlines()[11:]]


def test_without_servers_nothing_runs() -> None:
    lab = Lab()
    assert lab.typed("show ntp status") == "Failure: NTP is not running\n"
    lab.configure("ntp", "server 192.0.2.80")
    assert lab.typed("show ntp associations") == "Failure: NTP is not running\n"


def test_the_columns_are_those_of_the_device() -> None:
    lab = node()
    lab.wait(170)
    text = lab.typed("show ntp associations")
    assert text.startswith(HEAD)
    assert text.splitlines()[12] == (
        "*192.0.2.81      .GPS.            1 u   40   64    7    2.000    0.000   0.000"
    )


LOOP = """\
system flags:         auth monitor ntp kernel 
jitter:               0.000000 s
stability:            0.000 ppm
broadcastdelay:       -0.049988 s
authdelay:            0.000000 s
pll offset:           0 s
pll frequency:        0.000 ppm
maximum error:        {error} s
estimated error:      {estimated} s
status:               {status}
pll time constant:    {constant}
precision:            1e-09 s
frequency tolerance:  500 ppm
offset:               0.000000 s
frequency:            0.000 ppm
poll adjust:          {adjust}
watchdog timer:       {passed} s
"""  # noqa: W291


def test_the_loop_that_follows_the_time_has_nothing_to_correct() -> None:
    lab = node()
    text = lab.typed("show ntp status")
    assert text.startswith("system peer:          0.0.0.0\nsystem peer mode:     unspec\n")
    no_time = {"error": "16", "estimated": "16", "status": "2041  pll unsync nano"}
    assert text.endswith(LOOP.format(**no_time, constant=6, adjust=0, passed=0))
    lab.wait(170)
    text = lab.typed("show ntp status")
    assert "stratum:              2\nprecision:            -21\nroot distance:" in text
    near = {"error": "0.021", "estimated": "0", "status": "2001  pll nano"}
    assert text.endswith(LOOP.format(**near, constant=6, adjust=30, passed=40))
    lab.wait(86400)
    assert "status:               6001  pll nano mode=fll\n" in lab.typed("show ntp status")
    assert "pll time constant:    10\n" in lab.typed("show ntp status")


def test_servers_are_reached_and_one_of_them_is_followed() -> None:
    lab = node()
    assert [row[0] for row in rows(lab)] == ["192.0.2.80", "192.0.2.81", "192.0.2.82"]
    assert "system peer:          0.0.0.0\n" in lab.typed("show ntp status")
    assert "stratum:              16\n" in lab.typed("show ntp status")
    lab.wait(3)
    assert [row[0] for row in rows(lab)] == ["+192.0.2.80", "*192.0.2.81", "+192.0.2.82"]
    assert "leap indicator:       00\nstratum:              2\n" in lab.typed("show ntp status")
    traps = lab.typed("show snmp trap history")
    assert traps.count("(NTPPeerReachable)") == 3
    assert traps.count("(NTPSyncEstablished)") == 1


def test_they_are_polled_more_seldom_and_their_reach_fills() -> None:
    lab = node()
    lab.wait(20 * 64)
    assert rows(lab)[0][5:7] == ["128", "377"]
    lab.wait(86400)
    assert rows(lab)[0][5] == "1024"


def test_a_silent_server_is_shown_before_it_is_told_and_another_is_followed() -> None:
    lab = node()
    lab.wait(1000)
    happen(lab, "test peer 192.0.2.81 fail ntp")
    lab.wait(64 * 3 + 1)
    assert rows(lab)[1][6] == "370"
    assert "(NTPPeerUnreachable)" not in lab.typed("show snmp trap history")
    lab.wait(64 * 5)
    assert rows(lab)[1][0] == "192.0.2.81"
    assert rows(lab)[0][0] == "*192.0.2.80"
    assert "(NTPPeerUnreachable) peer address 192.0.2.81" in lab.typed("show snmp trap history")
    assert "(NTPSyncLost)" not in lab.typed("show snmp trap history")
    assert "Time server 192.0.2.81" in lab.typed("show alarm outstanding")
    happen(lab, "test peer 192.0.2.81 restore")
    lab.wait(3)
    assert rows(lab)[1][0] == "*192.0.2.81"
    assert "Time server" not in lab.typed("show alarm outstanding")


def test_without_any_server_the_time_comes_from_nowhere() -> None:
    lab = node()
    lab.wait(1000)
    lab.device.fail_link(5, 1)
    lab.device.fail_link(6, 1)
    lab.wait(600)
    assert "(NTPSyncLost)" in lab.typed("show snmp trap history")
    assert "system peer:          0.0.0.0\n" in lab.typed("show ntp status")
    lab.device.restore_link(5, 1)
    lab.wait(10)
    assert "(NTPSyncEstablished)" in lab.typed("show snmp trap history")


def test_a_chassis_that_was_up_has_its_time() -> None:
    lab = node()
    lab.typed("save configuration -noconfirm")
    lab.reload(60)
    assert rows(lab)[1][0] == "*192.0.2.81"
    assert lab.reply("show ntp status").data["system_peer"] == "192.0.2.81"


def test_one_server_is_shown() -> None:
    lab = node()
    lab.wait(5)
    assert len(lab.typed("show ntp associations peer-address 192.0.2.80").splitlines()) == 12


def test_without_servers_no_alarm_is_about_them() -> None:
    lab = Lab()
    lab.configure("ntp", "enable", "server 192.0.2.80")
    lab.wait(60)
    happen(lab, "test peer 192.0.2.80 fail")
    lab.wait(1000)
    assert "NTP" in lab.typed("show alarm outstanding")
    lab.configure("ntp", "no enable")
    assert lab.typed("show alarm outstanding") == "No alarms are outstanding\n"


def test_the_last_server_that_answers_is_missed_when_it_is_removed() -> None:
    lab = Lab()
    lab.configure("ntp", "enable", "server 192.0.2.80", "server 192.0.2.81")
    lab.wait(60)
    happen(lab, "test peer 192.0.2.80 fail")
    lab.wait(1000)
    lab.configure("ntp", "no server 192.0.2.81")
    assert "(NTPSyncLost)" in lab.typed("show snmp trap history")


def test_what_cannot_be_polled_is_refused() -> None:
    lab = Lab()
    assert "0.0.0.0 is not the address of a system" in lab.configure("ntp", "server 0.0.0.0")
    assert lab.configure("ntp", "server time.example.com prefer") == ""
