"""Bulk statistics: the screens, what records tell, and what happens to receivers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from staros_cli.chassis.bulk_variables.source import KINDS
from tests.chassis.srp.pairs import pair
from tests.commands.test_charging_counters import APN, SERVICE
from tests.commands.test_outside_conditions import happen
from tests.commands.test_user_plane import many_sessions
from tests.lab import Lab

SCREEN = Path(__file__).parent / "screens" / "bulkstats.txt"
FILE = (
    "bulkstats mode",
    "sample-interval 5",
    "transfer-interval 15",
    "file 1",
    "header format Version-%version-no%,%ipaddr%,%date%-%time%,%localtz%",
    "footer format EndOfFile",
    "remotefile format /data/%host%_bulkstats_%localdate%_%localtime%.csv",
    "receiver 192.0.2.70 primary mechanism sftp login collector encrypted password +B0",
    "receiver 192.0.2.71 secondary mechanism tftp",
)
TO_A_SAMPLE = 456.0
"""Seconds from the start of the clock to a sample without a transfer."""


def node(*schemas: str) -> Lab:
    lab = Lab()
    assert lab.configure("bulkstats collection", *FILE, *schemas) == ""
    return lab


def records(*schemas: str) -> list[str]:
    """The records of a sample."""
    lab = node(*schemas)
    lab.wait(TO_A_SAMPLE)
    return lab.typed("show bulkstats data").splitlines()[1:]


def figures(lab: Lab) -> dict[str, str]:
    """The statistics of file 1."""
    lines = lab.typed("show bulkstats file 1").splitlines()
    pairs = (line.strip().partition(":") for line in lines if line.startswith("      "))
    return {label: value.strip() for label, _, value in pairs}


def test_the_screen_is_that_of_the_device() -> None:
    lab = node("card schema c format C,%card%,%schemaname%", "context schema v format %vpnname%")
    lab.wait(TO_A_SAMPLE)
    assert lab.typed("show bulkstats") == SCREEN.read_text()


def test_before_the_first_transfer_and_without_formats() -> None:
    lab = Lab()
    lab.configure("bulkstats mode", "file 2", "no header format")
    assert lab.typed("show bulkstats file 2").splitlines()[:6] == [
        "  File 2",
        "    Remote File Format:",
        "    File Header:",
        "    File Footer:",
        "    Bulkstats Receivers:",
        "    File Statistics:",
    ]
    assert lab.typed("show bulkstats file 2").endswith(
        "\n      Last transfer time required:   0 second(s)\n"
        "      No successful data transfers\n      No attempted data transfers\n"
    )
    assert lab.typed("show bulkstats file 3") == "  File 3 not configured\n"
    assert "  Server State:               Disabled\n" in lab.typed("show bulkstats")


def test_records_have_the_values_that_the_screens_show() -> None:
    lab = node(
        'schema s2 format "two %sess-curttlcalls% 100% %nothing%."',
        "schema s10 format %epochtime%,%date%,%time%,%localtime3%,%localtzoffset%,%swbuild%",
        "card schema c format %card%,%numcpu%,%memtotal%,%cpu0-cpubusy%,%cpu1-cpubusy%",
        "port schema p format %card%/%port%,%util-rx-5min%,%util-tx-15min%",
        "context schema v format %vpnid%,%vpnname%",
        "egtpc schema e format %servname%,%tun-recv-cresess%",
        "pgw schema g format %servname%,%servid%,%vpnname%,%curr-sess%",
    )
    lab.wait(TO_A_SAMPLE)
    lines = lab.typed("show bulkstats data").splitlines()[1:]
    assert lines[:2] == [
        "1774632001,20260327,172001,17:20,+0000,90001",
        f"two {len(lab.chassis.sessions)} 100% .",
    ]
    cpu = next(row for row in lab.reply("show cpu table").data if row["cpu"] == "5/0")
    assert f"5,1,65536,{cpu['percent_now']:.2f},N/A" in lines
    for row in lab.reply("show port utilization table").data:
        assert f"{row['port'].strip()},{row['rx_5min']},{row['tx_15min']}" in lines
    assert lines[-5:-2] == ["1,local", "2,SAEGW", "3,GGSN"]
    assert lines[-1] == "PGW-SVC,3,SAEGW,800"
    created = lab.typed("show egtpc statistics").partition("Accepted:")[2].split()[0]
    assert lines[-2] == f"EGTP-SVC,{created}"


def test_pools_access_points_and_servers() -> None:
    lab = node(
        "ippool schema i format %vpnname%,%name%,%type%%state%,%used%,%free%,%startaddr%,"
        "%groupname-ipv4free%",
        "apn schema a format %vpnname%,%apn%,%uplnk-bytes%",
        "radius schema r format %ipaddr%,%port%,%auth-req-sent%",
        "radius-group schema r format %group%,%acc-req-sent%",
        "gtpp schema g format %ipaddr%,%records-sent%",
        "dpca schema d format %endpoint%,%peers-open%",
    )
    lab.configure(
        "context SAEGW",
        "ip pool one 198.51.100.0 255.255.255.252 private 0 group-name both",
        "ip pool two range 198.51.100.16 198.51.100.17 private 0 group-name both",
        "apn internet",
        "exit",
        "radius server 192.0.2.34 key s",
        "gtpp server 192.0.2.40 priority 1",
        "diameter endpoint gx",
        "peer pcrf1 realm core.example address 192.0.2.9",
    )
    lab.wait(TO_A_SAMPLE)
    lines = lab.typed("show bulkstats data").splitlines()[1:]
    free = sum(row["avail"] for row in lab.reply("context SAEGW", "show ip pool").data[1])
    assert lines == [
        f"SAEGW,one,RG,0,2,198.51.100.0,{free}",
        f"SAEGW,two,RG,0,2,198.51.100.16,{free}",
        "SAEGW,internet,0",
        "192.0.2.34,1812,0",
        "default,0",
        "192.0.2.40,0",
        "gx,0",
    ]


def test_kinds_without_objects_make_no_records() -> None:
    lab = node("icsr schema i format x", "p2p schema p format x", "mme schema m format x")
    lab.wait(TO_A_SAMPLE)
    assert figures(lab)["Total records collected"] == "0"


@pytest.mark.parametrize("kind", KINDS)
def test_every_variable_has_a_value(kind: str) -> None:
    lab = node()
    lab.configure(
        "context SAEGW",
        "ip pool one 198.51.100.0 255.255.255.252 private 0",
        "apn internet",
        "exit",
        "radius server 192.0.2.34 key s",
        "radius accounting server 192.0.2.35 key s",
        "gtpp server 192.0.2.40 priority 1",
        "ims-auth-service ims",
        "policy-control",
        "diameter origin endpoint gx",
        "exit",
        "exit",
        "diameter endpoint gx",
        "peer pcrf1 realm core.example address 192.0.2.9",
    )
    source = lab.chassis.bulkstats.source
    shared = source.shared(lab.chassis.now)
    for value in source.readers(kind, shared):
        for name in KINDS[kind].variables:
            assert value(name) is not None
    shown = lab.typed(f"show bulkstats variables {kind}")
    assert all(f"  %{name}%" in shown for name in KINDS[kind].variables)


def test_variables_of_all_kinds_and_of_one_that_has_none() -> None:
    lab = Lab()
    heads = [
        line for line in lab.typed("show bulkstats variables").splitlines() if "Schema" in line
    ]
    assert heads == [f"Schema: {kind}" for kind in (*KINDS, "common")]
    assert lab.typed("show bulkstats variables p2p obsolete").splitlines()[0] == "Schema: common"
    assert "  %schemaname% " in lab.typed("show bulkstats variables card")


def test_schemas_are_listed_by_files() -> None:
    lab = node("card schema c format %card%", "schema s")
    assert lab.typed("show bulkstats schemas") == (
        "File 1\n  card schema c: %card%\n  system schema s:\n"
    )
    assert "No schemas" in Lab().typed("show bulkstats schemas")


def test_records_wait_until_they_are_transferred_or_thrown_away() -> None:
    lab = node("context schema v format %vpnname%")
    assert lab.typed("show bulkstats data") == "Failure: No bulk statistics wait for a transfer\n"
    assert lab.typed("bulkstats force gather") == ""
    assert lab.typed("show bulkstats data") == "File 1\nlocal\nSAEGW\nGGSN\n"
    assert figures(lab)["Bytes awaiting transmission"] == "17"
    assert lab.typed("bulkstats force transfer") == ""
    assert figures(lab)["Records awaiting transmission"] == "0"
    assert figures(lab)["Last successful tx recs"] == "3"
    lab.typed("bulkstats force gather", "clear bulkstats data")
    assert figures(lab)["Total records discarded"] == "3"
    lab.typed("clear bulkstats counters")
    assert figures(lab)["Total records collected"] == "0"
    assert "No attempted data transfers" in lab.typed("show bulkstats file 1")


def test_an_operator_is_told_why_nothing_is_gathered_or_sent() -> None:
    lab = Lab()
    assert "is not enabled" in lab.typed("bulkstats force gather")
    lab.configure("bulkstats collection")
    assert "No receiver" in lab.typed("bulkstats force transfer")
    assert "is not the address of a system" in lab.configure(
        "bulkstats mode", "receiver 0.0.0.0 primary"
    )


def test_a_receiver_falls_silent_and_answers_again() -> None:
    lab = node("context schema v format %vpnname%")
    happen(lab, "test peer 192.0.2.70 fail bulkstats")
    happen(lab, "test peer 192.0.2.71 fail")
    lab.wait(900)
    assert figures(lab)["Records awaiting transmission"] == "9"
    history = lab.typed("show snmp trap history")
    assert history.count("1046 (FTPFailure) vpn local ip address 192.0.2.70 file /data/asr") == 1
    assert "(FTPServSwitch)" not in history
    happen(lab, "test peer 192.0.2.71 restore")
    lab.typed("bulkstats force transfer")
    assert "1047 (FTPServSwitch)" in lab.typed("show snmp trap history")
    assert figures(lab)["Records awaiting transmission"] == "0"
    happen(lab, "test peer 192.0.2.70 restore")


def test_a_receiver_is_not_reached_while_the_local_context_has_no_interface_up() -> None:
    lab = node("context schema v format %vpnname%")
    lab.device.fail_link(5, 1)
    lab.device.fail_link(6, 1)
    lab.typed("bulkstats force gather")
    assert "No receiver took" in lab.typed("bulkstats force transfer")
    lab.device.restore_link(5, 1)
    assert lab.typed("bulkstats force transfer") == ""


def test_a_restart_loses_what_was_gathered_and_gathers_anew() -> None:
    lab = node("context schema v format %vpnname%")
    lab.typed("save configuration -noconfirm", "bulkstats force gather")
    lab.reload(60)
    assert figures(lab)["Total records collected"] == "0"
    lab.wait(300)
    assert figures(lab)["Total records collected"] == "3"


def test_the_same_seed_gives_the_same_records() -> None:
    schemas = ("card schema c format %cpubusy%,%memused%", "schema s format %sess-txbytes%")
    assert records(*schemas) == records(*schemas)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    form=st.text(
        alphabet=st.characters(
            min_codepoint=33, max_codepoint=126, blacklist_characters="\"'\\?|#"
        ),
        min_size=1,
        max_size=400,
    ).map(lambda text: text.replace("a", "%card%"))
)
def test_any_format_is_gathered(form: str) -> None:
    lab = node()
    lab.configure("bulkstats mode", "file 1", f'card schema c format "{form}"')
    if not lab.chassis.bulkstats.settings.files[0].schemas:
        return  # longer than formats may be
    lab.typed("bulkstats force gather")
    assert len(lab.typed("show bulkstats data").splitlines()) > 1


def test_many_long_schemas_are_gathered() -> None:
    lab = node(*(f"card schema c{n} format {'%cpubusy%,' * 90}" for n in range(150)))
    lab.typed("bulkstats force gather")
    lab.wait(5)
    count = int(figures(lab)["Total records collected"])
    assert count == 150 * len({use["card"] for use in _cards(lab)})
    assert int(figures(lab)["Bytes awaiting transmission"]) <= 1000 * 1024


def _cards(lab: Lab) -> list[dict[str, object]]:
    running = [card for card in lab.chassis.hardware.running if card.kind.cpus]
    return [{"card": card.slot} for card in running]


def test_active_charging_and_credit_control() -> None:
    lab = node(
        "ecs schema e format %ecs-subscribers-cur%,%ip-uplk-bytes%,%ip-dwnlk-pkts%",
        "rulebase schema r format %rulebase%,%subscribers-cur%,%uplk-bytes%",
        "dcca-group schema d format %group%,%curr-sess%",
    )
    lab.configure(*SERVICE, *APN, "active-charging service acs", "credit-control group gy")
    lab.wait(TO_A_SAMPLE)
    whole, rulebase, group = lab.typed("show bulkstats data").splitlines()[1:]
    shown = lab.reply("show active-charging rulebase statistics").data
    assert shown["up"] > 0
    assert whole.startswith(f"{shown['sessions']},{shown['up']},")
    assert rulebase == f"R,{shown['sessions']},{shown['up']}"
    assert group == "gy,0"


def test_sessions_of_a_user_plane() -> None:
    lab = many_sessions()
    source = lab.chassis.bulkstats.source
    shared = source.shared(lab.chassis.now)
    (value,) = source.readers("sx", shared)
    names = ("servname", "curr-sess", "ses-esb-req-total-rx", "ses-esb-rsp-accepted-tx")
    assert [value(name) for name in names] == ["user-plane-sx", "24", "24", "24"]
    (value,) = source.readers("user-plane-service", shared)
    assert value("curr-sess") == "24"


def test_the_brief_configuration_has_no_schemas() -> None:
    lab = Lab()
    lab.configure("bulkstats mode", "limit 300", "card schema c format x", "schema s")
    assert lab.typed("show configuration bulkstats brief") == (
        "config\n  bulkstats mode\n    limit 300\n  #exit\nend\n"
    )
    assert "card schema c format x" in lab.typed("show configuration bulkstats")


def test_a_pair_tells_of_its_switchover_and_its_managers() -> None:
    lab = pair()
    names = ("switchover-number", "switchover-time", "switchover-reason", "audit_start_time")
    assert _icsr(lab, *names) == ["0", "Never", "N/A", "Never"]
    lab.typed("srp initiate-audit manual-with-sync")
    lab.typed("srp initiate-switchover -noconfirm")
    lab.wait(30)
    shown = lab.reply("show srp call-loss statistics").data
    values = _icsr(
        lab,
        "switchover-number",
        "switchover-reason",
        "total-num-act-calls-swo-time",
        "total_sessmgr",
    )
    managers = lab.typed("show srp checkpoint statistics").splitlines()[0].split()[-1]
    active = str(shown["total_active_calls_at_switchover"])
    assert values == ["1", shown["switchover_reason"], active, managers]
    ready = lab.typed("show srp checkpoint statistics").splitlines()[2].split()[-1]
    assert _icsr(lab, "total_sessmgr_standby_connected") == [ready]


def _icsr(lab: Lab, *names: str) -> list[str]:
    source = lab.chassis.bulkstats.source
    (value,) = source.readers("icsr", source.shared(lab.chassis.now))
    return [value(name) for name in names]


def test_a_standby_chassis_gathers_nothing_when_it_is_told_so() -> None:
    lab = pair()
    lab.configure("bulkstats collection", *FILE, "context schema c format x", "bulkstats mode")
    lab.configure("bulkstats mode", "no gather-on-standby")
    assert lab.typed("bulkstats force gather") == ""
    lab.typed("srp initiate-switchover -noconfirm")
    lab.wait(30)
    assert "on a standby chassis" in lab.typed("bulkstats force gather")
    lab.configure("bulkstats mode", "gather-on-standby")
    assert lab.typed("bulkstats force gather") == ""
