"""Random sequences of faults, time, configuration and reloads on every platform find nothing."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from staros_cli.chassis import rct
from staros_cli.chassis.access import KIND_BY_NAME, SESSION_TYPE_OF_SERVICE
from staros_cli.chassis.card_actions import PlannedFailure
from staros_cli.chassis.cards import CardFault
from staros_cli.chassis.definition import parse
from staros_cli.chassis.invariants import violations
from staros_cli.chassis.tasks import FACILITIES
from staros_cli.messages import Refused
from tests.chassis.views import disagreements
from tests.lab import Lab, service_lines

STATES = ("active", "standby")
PLATFORMS = {
    "asr5000": ("PSC", (1, 2, 3), (4, 5), "SMC", (8, 9)),
    "asr5500": ("DPC2", (1, 2, 3), (4,), "MMIO", (5, 6)),
    "vpc-di": ("SF", (3, 4, 5), (6,), "CF", (1, 2)),
    "vpc-si": ("VC", (1,), (), "", ()),
}


Groups = tuple[tuple[int, str, str], ...]
GROUPS: Groups = (
    (12, "pgw-gtp-ipv4", ""),
    (8, "ha-mobile-ipv4", ""),
    (3, "pgw-gtp-ipv4", "authenticating = true\n"),
    (3, "ha-mobile-ipv4", 'trait = "ipsec"\n'),
    (3, "epdg", ""),
)
"""Subscribers of kinds that recover and of kinds that do not."""


def _address(access: str, extra: str) -> str:
    """The address of a group of IPv6 subscribers that names none."""
    plain = KIND_BY_NAME[access].is_ipv6 and "address" not in extra
    return 'address = "2001:db8::1"\n' if plain else ""


def small(platform: str, feature: bool, groups: Groups = GROUPS) -> str:
    """A definition of a platform with few subscribers, each kind at a service of its own."""
    packet, active, standby, management, pair = PLATFORMS[platform]
    cards = [(slot, packet, "active") for slot in active]
    cards += [(slot, packet, "standby") for slot in standby]
    cards += [(slot, management, state) for slot, state in zip(pair, STATES, strict=False)]
    card_lines = "".join(
        f'[[cards]]\nslot = {slot}\nkind = "{kind}"\nstate = "{state}"\n'
        for slot, kind, state in cards
    )
    group_lines = "".join(
        f'[[subscribers]]\ncount = {count}\naccess = "{access}"\ncontext = "A"\n'
        f'service = "{KIND_BY_NAME[access].service}"\nusername = "{n}-{access}-{{number}}"\n'
        f'msid = "0010{n:02d}00000001"\n{_address(access, extra)}{extra}'
        for n, (count, access, extra) in enumerate(groups)
    )
    kinds = sorted({KIND_BY_NAME[access].service for _, access, _ in groups})
    features = ", ".join(f'"{kind}"' for kind in [*kinds, "session-recovery"])
    limits = {SESSION_TYPE_OF_SERVICE[kind]: 100 for kind in kinds}
    sessions = ", ".join(f"{kind} = {limit}" for kind, limit in limits.items())
    services = "".join(
        f"    {line}\n" for kind in kinds for line in service_lines(kind, kind, "192.0.2.1")
    )
    controlled = "user-plane" in kinds
    control = "  control-plane-group CP\n    peer-node-id ipv4-address 192.0.2.250\n  #exit\n"
    require = "  require session recovery\n" if feature else ""
    return f"""
title = "small"
platform = "{platform}"
serial = "S1"
uptime = 5000
calls = {{ attach-rate = 10.0, churn = 0.5 }}
tasks = {{ sessmgr = 6 }}
license = {{ features = [{features}], sessions = {{ {sessions} }} }}
boot = [{{ priority = 1, image = "/flash/i", config = "/flash/c" }}]
{card_lines}{group_lines}
[files]
"/flash/i" = "image"
"/flash/c" = '''
config
{{license}}
{require}{control if controlled else ""}  context A
    interface I loopback
      ip address 192.0.2.1 255.255.255.0
    #exit
{services}  #exit
end
'''
"""


CHURNED = 3
"""How many calls may have ended by themselves in four seconds, one every two."""

slots = st.sampled_from([1, 2, 3, 4, 5, 6, 8, 9])


class Life(RuleBasedStateMachine):
    """The life of a chassis."""

    lab: Lab

    @initialize(platform=st.sampled_from(list(PLATFORMS)), feature=st.sampled_from([True, False]))
    def begin(self, platform: str, feature: bool) -> None:
        self.lab = Lab(parse("small", small(platform, feature), "small"))

    def tried(self, action: object, *arguments: object, **options: object) -> None:
        """Do something that a rule of the device may forbid."""
        if not self.lab.chassis.is_up:
            return
        with suppress(Refused):
            action(*arguments, **options)  # type: ignore[operator]

    @rule(seconds=st.sampled_from([0.1, 0.5, 1.0, 1.6, 2.0, 3.0, 5.0, 12.0, 30.0, 70.0]))
    def wait(self, seconds: float) -> None:
        self.lab.wait(seconds)

    @rule(facility=st.sampled_from(sorted(FACILITIES)), instance=st.integers(0, 8))
    def kill(self, facility: str, instance: int) -> None:
        self.tried(self.lab.chassis.task_faults.kill, facility, instance)

    @rule(facility=st.sampled_from(["sessmgr", "aaamgr"]), instance=st.integers(1, 6))
    def kill_manager(self, facility: str, instance: int) -> None:
        self.tried(self.lab.chassis.task_faults.kill, facility, instance)

    @rule(facility=st.sampled_from(["sessmgr", "aaamgr"]))
    def kill_all(self, facility: str) -> None:
        self.tried(self.lab.chassis.task_faults.kill, facility)

    @rule(slot=slots, usable=st.booleans())
    def fail_card(self, slot: int, usable: bool) -> None:
        self.tried(self.lab.chassis.card_faults.fail, slot, CardFault(usable=usable))

    @rule(slot=slots, graceful=st.booleans())
    def fail_cpu(self, slot: int, graceful: bool) -> None:
        self.tried(self.lab.chassis.card_faults.fail_cpu, slot, 0, graceful)

    @rule(slot=slots, usable=st.booleans())
    def fail_gracefully(self, slot: int, usable: bool) -> None:
        fault = CardFault(rct.LINE_CARD_CONNECTION, usable=usable, graceful=True)
        self.tried(self.lab.chassis.card_faults.fail, slot, fault)

    @rule(slot=slots, usable=st.booleans())
    def fail_host(self, slot: int, usable: bool) -> None:
        self.tried(self.lab.chassis.card_faults.fail_host, slot, usable=usable)

    @rule(instance=st.integers(1, 6))
    def count_what_became_of_calls(self, instance: int) -> None:
        """Recovered and lost are the calls there were, but for those that ended by themselves."""
        chassis = self.lab.chassis
        # An earlier recovery that failed in this very instant is told of before this one begins.
        self.lab.wait(0)
        there = chassis.sessions.count_of_sessmgr(instance)
        sessmgr = chassis.tasks.get("sessmgr", instance)
        if not chassis.is_up or sessmgr is None or not sessmgr.is_up(chassis.now):
            return
        if not chassis.recovery.in_effect:
            return
        before = {id(event): event for event in chassis.events.log}
        chassis.task_faults.kill("sessmgr", instance)
        self.lab.wait(4)
        told = [
            event.values["recovered"] + event.values["lost"]  # type: ignore[operator]
            for event in chassis.events.log
            if event.kind.name == "SessMgrRecoveryComplete"
            and event.values["instance"] == instance
            and id(event) not in before
        ]
        assert told
        assert there - CHURNED <= told[0] <= there

    @rule(source=slots, heir=slots, broken=st.booleans())
    def migrate(self, source: int, heir: int, broken: bool) -> None:
        if broken:
            failure = PlannedFailure(rct.FAIL_RENAME, "sessmgr", 1)
            self.tried(self.lab.chassis.card_actions.plan_failure, failure)
        self.tried(self.lab.chassis.card_actions.migrate, source, heir)

    @rule(source=slots, heir=slots)
    def switch(self, source: int, heir: int) -> None:
        self.tried(self.lab.chassis.card_actions.switch, source, heir)

    @rule(slot=slots)
    def halt(self, slot: int) -> None:
        self.tried(self.lab.chassis.card_actions.halt, slot)

    @rule(slot=slots)
    def reboot(self, slot: int) -> None:
        self.tried(self.lab.chassis.card_actions.reboot, slot)

    @rule(
        lines=st.sampled_from(
            [
                ["require session recovery"],
                ["no require session recovery"],
                ["context B", "interface J"],
                ["no context A -noconfirm"],
                ["context A", "interface I", "no ip address"],
                ["context A", "interface I", "ip address 192.0.2.1 255.255.255.0"],
                ["context A", "interface I", "ip address 192.0.2.2 255.255.255.0"],
                ["context A", "no interface I"],
                ["context A", "no ha-service ha"],
                ["no license key"],
                ["card 2", "mode standby"],
                ["card 3", "mode active"],
                ["card 1", "shutdown"],
                ["card 1", "no shutdown"],
            ]
        )
    )
    def configure(self, lines: list[str]) -> None:
        if self.lab.chassis.is_up:
            self.lab.configure(*lines)

    @rule(save=st.booleans())
    def reload(self, save: bool) -> None:
        if self.lab.chassis.is_up:
            self.lab.typed("save configuration -noconfirm") if save else None
            self.lab.typed("reload -noconfirm")

    @rule(
        line=st.sampled_from(
            [
                "show session recovery status verbose",
                "show subscribers debug-info username *",
                "show subscribers full all",
                "show subscribers all",
                "show rct stats",
                "show rct stats verbose",
                "show crash list",
                "show snmp trap history",
                "show snmp notifies",
                "show alarm all",
                "show logs",
                "show task table",
                "show task resources",
                "show card table",
                "show card info",
                "show card diag",
                "show cpu table",
                "show session subsystem facility sessmgr all",
                "clear subscribers username 0-* -noconfirm",
            ]
        )
    )
    def look(self, line: str) -> None:
        assert not self.lab.reply(line).failed

    @invariant()
    def nothing_that_cannot_be(self) -> None:
        if hasattr(self, "lab"):
            assert violations(self.lab.chassis) == []

    @invariant()
    def all_screens_tell_one_story(self) -> None:
        if hasattr(self, "lab"):
            assert disagreements(self.lab) == []


Life.TestCase.settings = settings(
    max_examples=settings.default.max_examples * 3 // 2,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestLife = pytest.mark.proves("SR-01", "SR-03", "SR-27", "SR-28", "SR-31")(Life.TestCase)
"""Looked at after each step: standby-mode tasks as wanted, no session without its sessmgr, the
status table, both lines of each call, a record of every action."""
