"""The rules of contexts, licences and configuration files that the feature depends on."""

from __future__ import annotations

import hashlib

import pytest

from staros_cli import messages
from staros_cli.chassis.contexts import CONTEXT_LIMIT, LOCAL, Contexts
from staros_cli.chassis.interfaces import Address
from staros_cli.chassis.licence import ANY_CHASSIS, License, LicenseSlot, read_key
from staros_cli.chassis.ports import UNTAGGED
from staros_cli.chassis.privilege import Privilege
from staros_cli.chassis.recovery import Effect
from staros_cli.chassis.storage import locate
from staros_cli.configuration.tree import Node, written
from staros_cli.messages import Message, Refused
from tests.lab import START, Lab
from tests.recovery.support import NOT_ENABLED, READY, events, recovering
from tests.recovery.test_licence import REQUIRE, SERVICE, key, started_from

BOUND = ("context A", "interface I loopback", "ip address 192.0.2.1/32", "exit")


# Contexts


@pytest.mark.proves("SR-16", "SR-17")
def test_a_context_besides_local_puts_a_system_in_service() -> None:
    contexts = Contexts()
    assert [context.name for context in contexts] == [LOCAL]
    assert not contexts.any_configured
    one = contexts.create("A")
    assert contexts.any_configured
    assert contexts.create("A") is one is contexts.get("A")
    assert (contexts.get(LOCAL).number, one.number) == (1, 2)
    two = contexts.create("B")
    contexts.remove("A")
    assert (two.number, contexts.create("C").number) == (3, 4)
    for name, message in (("A", messages.NO_SUCH_CONTEXT), (LOCAL, messages.LOCAL_STAYS)):
        with pytest.raises(Refused) as found:
            contexts.remove(name)
        assert found.value.message is message
    contexts.clear()
    assert not contexts.any_configured
    for n in range(CONTEXT_LIMIT - 1):
        contexts.create(f"N{n}")
    with pytest.raises(Refused) as found:
        contexts.create("more")
    assert found.value.message is messages.TOO_MANY_CONTEXTS
    assert len(list(contexts)) == CONTEXT_LIMIT
    assert contexts.create("N0").name == "N0"


@pytest.mark.proves("SR-16")
def test_a_service_takes_calls_while_an_interface_has_the_address_it_is_bound_to() -> None:
    contexts = Contexts()
    context = contexts.create("A")
    service = contexts.add_service(context, "S", "pdsn")
    other = contexts.add_service(context, "T", "ha")
    assert (service.number, other.number) == (1, 2)
    assert contexts.add_service(context, "S", "pdsn") is service

    def started() -> list[str]:
        return [found.name for _, found in contexts.started()]

    def reason(name: str = "S") -> str:
        return contexts.obstacle(context, context.service(name))

    assert (started(), reason()) == ([], "it is not bound to an address")
    context.service("S").bindings[""] = "192.0.2.1"
    missing = "no interface of the context has its address 192.0.2.1"
    assert (started(), reason()) == ([], missing)
    context.add_interface("I", "loopback")
    assert reason() == missing
    context.put_address("I", Address("192.0.2.1", 32))
    assert (started(), reason()) == (["S"], "")
    context.add_interface("I", "loopback")
    assert started() == ["S"]
    context.put_address("I", Address("192.0.2.1", 24))
    context.put_address("I", Address("192.0.2.2", 24))
    assert (started(), reason()) == ([], missing)
    context.put_address("I", Address("192.0.2.1", 24, secondary=True))
    context.put_address("I", Address("2001:db8::1", 64))
    assert started() == ["S"]
    context.remove_interface("I")
    assert context.interfaces == {}
    assert (started(), reason()) == ([], missing)
    context.add_interface("J", "tunnel")
    context.put_address("J", Address("192.0.2.1", 32))
    context.service("S").bindings.clear()
    assert started() == []
    context.service("T").bindings[""] = "192.0.2.1"
    assert [(c.name, s.name) for c, s in contexts.services()] == [("A", "S"), ("A", "T")]
    assert started() == ["T"]
    contexts.remove_service(context, "T", "ha")
    assert started() == []
    contexts.clear()
    assert contexts.add_service(contexts.create("A"), "S", "pgw").number == 1


def test_an_ethernet_interface_is_up_while_a_port_in_use_carries_it() -> None:
    contexts = Contexts()
    context = contexts.create("A")
    service = contexts.add_service(context, "S", "ha")
    service.bindings[""] = "192.0.2.1"
    context.add_interface("I")
    context.put_address("I", Address("192.0.2.1", 24))
    down = "no port in use carries the interface I, which has 192.0.2.1"
    assert contexts.obstacle(context, service) == down
    for vlan in (UNTAGGED, 7):
        port = contexts.ports.port(5, 10)
        carried = port.vlan(vlan)
        carried.context, carried.interface = "A", "I"
        assert contexts.obstacle(context, service) == down
        port.enable(UNTAGGED, True)
        carried.enabled = True
        assert contexts.obstacle(context, service) == ""
        port.vlan(UNTAGGED).enabled = False
        assert contexts.obstacle(context, service) == down
        contexts.ports.remove(5, 10)
        assert contexts.obstacle(context, service) == down


def test_a_service_waits_for_those_that_it_uses() -> None:
    contexts = Contexts()
    context = contexts.create("A")
    context.add_interface("I", "loopback")
    context.put_address("I", Address("192.0.2.1", 32))
    pgw = contexts.add_service(context, "P", "pgw")
    assert contexts.obstacle(context, pgw) == "no egtp-service is associated with it"
    pgw.associations["egtp"] = ("A", "E")
    assert contexts.obstacle(context, pgw) == "there is no egtp-service E in context A"
    egtp = contexts.add_service(context, "E", "egtp")
    assert contexts.obstacle(context, pgw) == "the egtp-service E of context A is not started"
    egtp.bindings["gtpc"] = "192.0.2.1"
    assert contexts.obstacle(context, pgw) == ""
    egtp.associations["gtpu"] = ("A", "U")
    assert contexts.obstacle(context, egtp) == "there is no gtpu-service U in context A"
    contexts.add_service(context, "U", "gtpu").bindings[""] = "192.0.2.1"
    assert [s.name for _, s in contexts.started()] == ["P"]


@pytest.mark.proves("SR-16")
def test_what_a_context_refuses_changes_nothing() -> None:
    contexts = Contexts()
    context = contexts.create("A")
    contexts.add_service(context, "S", "pdsn")
    for name in ("I", "J"):
        context.add_interface(name)
    context.put_address("I", Address("192.0.2.1", 24))

    def put(name: str, ip: str, secondary: bool = False) -> object:
        return lambda: context.put_address(name, Address(ip, 24, secondary))

    refused: list[tuple[Message, object]] = [
        (messages.NO_SUCH_INTERFACE, put("K", "192.0.2.9")),
        (messages.NO_SUCH_INTERFACE, lambda: context.remove_interface("K")),
        (messages.INTERFACE_KIND, lambda: context.add_interface("I", "loopback")),
        (messages.ADDRESS_TAKEN, put("J", "192.0.2.1")),
        (messages.NO_PRIMARY_ADDRESS, put("J", "192.0.2.7", True)),
        (messages.NO_PRIMARY_ADDRESS, put("I", "2001:db8::1", True)),
        (messages.NO_SUCH_ADDRESS, lambda: context.interface("I").remove("192.0.2.9")),
        (messages.NO_SUCH_SERVICE, lambda: context.service("T")),
        (messages.SERVICE_NAME_TAKEN, lambda: contexts.add_service(context, "S", "ha")),
        (messages.NO_SUCH_SERVICE, lambda: contexts.remove_service(context, "S", "ha")),
        (messages.NO_SUCH_SERVICE, lambda: contexts.remove_service(context, "T", "ha")),
        (messages.NO_SUCH_CONTEXT, lambda: contexts.get("B")),
    ]
    for message, action in refused:
        with pytest.raises(Refused) as found:
            action()  # type: ignore[operator]
        assert found.value.message is message
    addresses = {name: found.addresses for name, found in context.interfaces.items()}
    assert addresses == {"I": [Address("192.0.2.1", 24)], "J": []}
    assert [(s.name, s.kind) for s in context.services.values()] == [("S", "pdsn")]


@pytest.mark.proves("SR-16", "SR-21")
def test_the_tasks_of_sessions_begin_with_the_first_service_that_is_started() -> None:
    lab = Lab("asr5500-oos")
    lab.configure("require session recovery")
    lab.configure(*BOUND, "ha-service P")
    assert list(lab.chassis.tasks.of("sessmgr")) == []
    lab.configure("context A", "ha-service P", "bind address 192.0.2.9")
    assert list(lab.chassis.tasks.of("sessmgr")) == []
    lab.configure("context A", "interface I loopback", "ip address 192.0.2.9/32")
    assert any(lab.chassis.tasks.of("sessmgr", standby=True))
    lab.wait(30)
    assert lab.status() == READY


# In effect


@pytest.mark.proves("SR-17", "SR-23")
def test_when_a_change_takes_effect() -> None:
    """Out of service now; in service with the next start, until the first context is there."""
    lab = Lab("asr5500-oos")
    chassis = lab.chassis
    assert chassis.require_session_recovery() is Effect.NOW
    assert chassis.no_require_session_recovery() is Effect.NOW
    assert chassis.require_session_recovery() is Effect.NOW
    chassis.create_context("A")
    assert chassis.recovery.in_effect
    assert chassis.require_session_recovery() is Effect.NOW
    assert chassis.no_require_session_recovery() is Effect.AFTER_RELOAD
    assert chassis.recovery.in_effect
    assert not chassis.recovery.configured
    assert chassis.require_session_recovery() is Effect.NOW
    assert events(lab, "Session recovery") == []
    without = Lab("asr5500-oos")
    without.chassis.remove_license()
    without.chassis.create_context("A")
    assert events(without, "Session recovery") == []
    assert not Lab("asr5500-unlicensed").chassis.runs_without_recovery
    in_service = Lab().chassis
    assert in_service.require_session_recovery() is Effect.AFTER_RELOAD
    assert in_service.no_require_session_recovery() is Effect.NOW
    assert not in_service.recovery.in_effect


@pytest.mark.proves("SR-22")
def test_in_a_file_the_first_context_decides() -> None:
    """Lines before it take effect, lines after it have to wait."""
    before, console = started_from(key("session-recovery"), REQUIRE, SERVICE)
    assert before.chassis.recovery.in_effect
    assert "Warning" not in console
    twice, console = started_from(key("session-recovery"), REQUIRE, SERVICE, REQUIRE)
    assert twice.chassis.recovery.in_effect
    assert "Warning" not in console
    undone, console = started_from(
        key("session-recovery"), REQUIRE, SERVICE, "  no require session recovery\n"
    )
    assert undone.chassis.recovery.in_effect
    assert not undone.chassis.recovery.configured
    assert "Warning: This change takes effect only after" in console
    undone.typed("save configuration -noconfirm")
    undone.reload()
    assert not undone.chassis.recovery.in_effect
    assert undone.status() == NOT_ENABLED


@pytest.mark.proves("SR-22")
def test_no_task_starts_before_a_file_has_been_read() -> None:
    lab = Lab("asr5500-oos")
    lab.chassis.begin_reading()
    lab.chassis.create_context("A")
    vpnmgrs = len(list(lab.chassis.tasks.of("vpnmgr")))
    assert lab.chassis.end_reading() is Effect.NOW
    assert len(list(lab.chassis.tasks.of("vpnmgr"))) == vpnmgrs + 1
    assert not lab.chassis.reading
    lab.chassis.begin_reading()
    lab.chassis.require_session_recovery()
    lab.chassis.remove_license()
    assert lab.chassis.end_reading() is Effect.UNLICENSED


@pytest.mark.proves("SR-25")
def test_after_a_restart_the_status_is_checked_every_ten_seconds_as_before() -> None:
    lab = recovering()
    lab.reload(settle=2.0)
    checked = {lab.chassis.recovery.status.checked_at}
    for _ in range(80):
        lab.wait(0.5)
        checked.add(lab.chassis.recovery.status.checked_at)
    booted = lab.chassis.booted_at
    assert sorted(moment - booted for moment in checked) == [0.0, 4.0, 14.0, 24.0, 34.0]


@pytest.mark.proves("SR-19", "SR-24")
def test_nothing_that_was_not_saved_outlives_a_restart() -> None:
    """Neither a name of the system, nor a license key, nor a context."""
    lab = Lab("asr5500-oos")
    before = lab.typed("show configuration")
    default = lab.chassis.hostname
    lab.configure("system hostname other", "context A", "no license key")
    assert lab.chassis.hostname == "other"
    starts = lab.chassis.starts
    lab.reload()
    assert lab.chassis.hostname == default
    assert lab.typed("show configuration") == before
    assert lab.chassis.license.license is not None
    assert lab.chassis.starts == starts + 1
    lab.configure("no license key")
    lab.typed("save configuration -noconfirm")
    lab.configure(*key("session-recovery").strip().splitlines())
    assert lab.chassis.license.license is not None
    lab.reload()
    assert lab.chassis.license.license is None


# Licences


@pytest.mark.proves("SR-13")
def test_what_a_key_allows() -> None:
    slot = LicenseSlot("S1")
    assert not slot.matches()
    assert not slot.expired(0.0)
    assert not slot.allows("pgw", 0.0)
    assert slot.session_limit("PGW", 0.0) == 0
    slot.install(License("S1", ("pgw", "session-recovery"), {"PGW": 7}, expires=100.0).key())
    assert slot.allows("session-recovery", 99.0)
    assert not slot.allows("session-recovery", 100.0)
    assert not slot.allows("ha", 99.0)
    assert [slot.session_limit("PGW", now) for now in (99.0, 100.0)] == [7, 0]
    assert (slot.session_limit("HA", 99.0), slot.session_limit("NONE", 99.0)) == (0, 0)
    slot.install(License("S2", ("pgw",), {"PGW": 7}).key())
    assert (slot.matches(), slot.allows("pgw", 0.0), slot.session_limit("PGW", 0.0)) == (
        False,
        False,
        0,
    )
    slot.install(License(ANY_CHASSIS, ("pgw",)).key())
    assert slot.allows("pgw", 1e12)
    assert slot.session_limit("PGW", 0.0) == 0
    slot.remove()
    assert not slot.allows("pgw", 0.0)


def signed(body: str) -> str:
    """A key of that body, with its signature."""
    return f"{body}|SIG={hashlib.sha256(body.encode()).hexdigest()[:32]}"


@pytest.mark.proves("SR-13")
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("VER=1", "VER=2", "its version is 2, 1 is known"),
        ("FEATURES=pgw", "FEATURES=pgw,bogus", "it names unknown features (bogus)"),
        ("NUMBER=100000", "NUMBER=many", "a part is missing or malformed"),
        ("|COMMENT=", "", "a part is missing or malformed"),
    ],
)
def test_a_key_with_a_signature_that_says_what_is_not_known(old: str, new: str, said: str) -> None:
    whole = "".join(License("S1", ("pgw",), {"PGW": 7}).key().split())
    body = whole.rpartition("|SIG=")[0]
    assert old in body
    assert read_key(signed(body)).features == ("pgw",)
    with pytest.raises(Refused) as found:
        read_key(signed(body.replace(old, new, 1)))
    assert found.value.message is messages.KEY_DAMAGED
    assert said in str(found.value)


@pytest.mark.proves("SR-24")
def test_only_the_key_that_is_installed_runs_out() -> None:
    """A key in its place, and one of another chassis, leave no alarm."""
    lab = Lab()
    serial = lab.chassis.license.serial
    chassis = lab.chassis

    def alarms() -> list[str]:
        return [alarm.name for alarm in chassis.events.outstanding]

    chassis.install_license(License(serial, ("pgw",), expires=START + 100).key())
    chassis.install_license(License(serial, ("pgw",), expires=START + 200).key())
    lab.wait(150)
    assert alarms() == []
    lab.wait(60)
    assert alarms() == ["LicenseExpired"]
    chassis.install_license(License("OTHER", ("pgw",), expires=START).key())
    assert alarms() == []
    chassis.install_license(License(serial, ("pgw",), expires=lab.chassis.now - 2 * 86400.0).key())
    assert alarms() == ["LicenseExpired"]
    (last,) = [e for e in list(chassis.events.log)[-1:] if e.kind.name == "LicenseExpired"]
    assert last.values["days"] == 2
    chassis.install_license(License(serial, ("pgw",), expires=lab.chassis.now + 10).key())
    assert alarms() == []
    chassis.remove_license()
    lab.wait(20)
    assert alarms() == []


# Files

ALWAYS = (
    "    subscriber default",
    "    exit",
    "    aaa group default",
    "    #exit",
    "    gtpp group default",
    "    #exit",
    "    ip igmp profile default",
    "    #exit",
)
"""The lines of a context that nobody has to configure."""


@pytest.mark.proves("SR-18")
def test_the_order_of_a_saved_file() -> None:
    """The requirement stands before every context, then ports, in any order of typing."""
    root = Node(mode="config")
    lines = {
        "port ethernet 5/1": "port",
        "context B": "context",
        "context local": "local",
        "context A": "context",
        "bogus": "",
        "contextual": "other",
        "require session recovery": "require",
        "system hostname x": "system",
        "license key": "license",
    }
    for line, section in lines.items():
        root.put(line, line, "context" if line.startswith("context ") else "", section)
    inner = root.find("context A")
    assert inner is not None
    inner.put("interface I", "interface I", "interface").put("ip address", "ip address 1")
    assert written(root) == [
        "config",
        "  license key",
        "  system hostname x",
        "  require session recovery",
        "  context local",
        *ALWAYS,
        "  #exit",
        "  context B",
        *ALWAYS,
        "  #exit",
        "  context A",
        *ALWAYS,
        "    interface I",
        "      ip address 1",
        "    #exit",
        "  #exit",
        "  port ethernet 5/1",
        "  bogus",
        "  contextual",
        "end",
    ]
    again = root.put("context A", "context A -noconfirm")
    assert again is inner
    assert again.line == "context A -noconfirm"
    assert again.children
    root.drop("context A")
    root.drop("context A")
    assert root.find("context A") is None
    assert root.find("context A", "interface I") is None
    root.clear()
    assert written(root) == ["config", "end"]


def applied(lab: Lab, text: str) -> list[tuple[int, str]]:
    """Apply a file to a running system; returns the lines it has a word to say about."""
    lab.chassis.storage.write(locate("/flash/x.cfg"), text.encode(), START)
    reading = lab.system.apply("/flash/x.cfg", Privilege.SECURITY)
    assert reading.step()
    return [(problem.number, problem.line) for problem in reading.problems]


@pytest.mark.proves("SR-18", "SR-22")
def test_a_file_is_read_to_its_end_line_by_line() -> None:
    """Comments and empty lines are passed over, questions answered, lines joined and numbered."""
    lab = Lab("asr5500-oos")
    text = (
        "#!$$ a comment\n"
        "config\n"
        "\n"
        "  # another\n"
        "configure\n"
        "  context A\n"
        "    interface I\n"
        "    #exit\n"
        "    bogus\n"
        "  #exit\n"
        "  context B\n"
        "  exit\n"
        "  no context B\n"
        "  system \\\n"
        "    hostname joined\n"
        "  nonsense\n"
        "end\n"
        "config\n"
        "  system hostname \\\n"
        "    last"
    )
    assert applied(lab, text) == [(9, "bogus"), (16, "nonsense")]
    assert set(lab.chassis.contexts.by_name) == {LOCAL, "A"}
    assert lab.chassis.contexts.get("A").interface("I").addresses == []
    assert lab.chassis.hostname == "last"


@pytest.mark.proves("SR-13", "SR-24")
def test_a_file_that_requires_what_is_not_licensed() -> None:
    """Refused on a running system; a requirement that was there before stays."""
    lab = Lab("asr5500-unlicensed")
    assert applied(lab, f"config\n{REQUIRE}  bogus\nend\n") == [
        (2, "require session recovery"),
        (3, "bogus"),
    ]
    assert not lab.chassis.recovery.configured
    other = Lab()
    other.configure("require session recovery")
    other.chassis.remove_license()
    assert applied(other, f"config\n{REQUIRE}end\n") == [(2, "require session recovery")]
    assert other.chassis.recovery.configured
    assert other.system.running.find("require session recovery") is not None
    assert applied(other, "config\n  timestamps\nend\n") == []
    licensed = Lab()
    (problem,) = [*applied(licensed, f"config\n{REQUIRE}end\n")]
    assert problem == (2, "require session recovery")
    assert licensed.chassis.recovery.configured
