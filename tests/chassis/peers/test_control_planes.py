"""Random faults, time and configuration of a user plane: its sessions and its peers agree."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from staros_cli.chassis.invariants import violations
from staros_cli.messages import Refused
from tests.chassis.views import disagreements
from tests.lab import Lab
from tests.recovery.support import recovering, sessions_of

CONTROL_PLANES = ("192.0.2.250", "192.0.2.251", "192.0.2.252", "2001:db8::c")
GROUPS = ((6, "uplane-ipv4", ""), (5, "uplane-ipv4v6", ""), (4, "uplane-ipv6", ""))
SERVICE = ("context A", "user-plane-service user-plane")
SIDES = ("cp-tunnel", "pgw-ingress", "sgw-egress", "sgw-ingress")
VIEWS = ("full", "pdr full all", "far full all", "qer full all", "urr full all")

planes = st.sampled_from(CONTROL_PLANES)


def _node(address: str) -> str:
    return f"peer-node-id ipv{'6' if ':' in address else '4'}-address {address}"


class UserPlane(RuleBasedStateMachine):
    """The life of a user plane."""

    lab: Lab

    @initialize()
    def begin(self) -> None:
        self.lab = recovering(
            groups=GROUPS,
            change=lambda text: text.replace("attach-rate = 0.0", "attach-rate = 9.0"),
        )

    @rule(seconds=st.sampled_from([0.1, 1.0, 5.0, 30.0, 90.0]))
    def wait(self, seconds: float) -> None:
        self.lab.wait(seconds)

    @rule(address=planes, gone=st.booleans())
    def configure_plane(self, address: str, gone: bool) -> None:
        self.lab.configure("control-plane-group CP", f"{'no ' * gone}{_node(address)}")

    @rule(gone=st.booleans())
    def configure_group(self, gone: bool) -> None:
        if gone:
            self.lab.configure("no control-plane-group CP")
        else:
            self.lab.configure("control-plane-group CP", *map(_node, CONTROL_PLANES[:2]))

    @rule(gone=st.booleans())
    def associate_group(self, gone: bool) -> None:
        name = "" if gone else " CP"
        self.lab.configure(*SERVICE, f"{'no ' * gone}associate control-plane-group{name}")

    @rule(side=st.sampled_from(SIDES), gone=st.booleans())
    def associate_side(self, side: str, gone: bool) -> None:
        line = f"associate gtpu-service user-plane-gtpu {side}"
        self.lab.configure(*SERVICE, f"{'no ' * gone}{line}")

    @rule(gone=st.booleans())
    def associate_sx(self, gone: bool) -> None:
        name = "" if gone else " user-plane-sx"
        self.lab.configure(*SERVICE, f"{'no ' * gone}associate sx-service{name}")

    @rule(gone=st.booleans())
    def bind_sx(self, gone: bool) -> None:
        line = "no bind" if gone else "bind ipv4-address 192.0.2.1"
        self.lab.configure("context A", "sx-service user-plane-sx", line)

    @rule(address=planes, what=st.sampled_from(["fail", "restore", "restart"]))
    def disturb(self, address: str, what: str) -> None:
        with suppress(Refused):
            getattr(self.lab.chassis.peers, what)(address, "sx")

    @rule(instance=st.integers(1, 6), facility=st.sampled_from(["sessmgr", "aaamgr"]))
    def kill(self, instance: int, facility: str) -> None:
        with suppress(Refused):
            self.lab.chassis.task_faults.kill(facility, instance)

    @rule()
    def clear(self) -> None:
        self.lab.typed("clear subscribers user-plane-only username *-1 -noconfirm")

    @rule()
    def restart(self) -> None:
        self.lab.typed("save configuration /flash/c -redundant -noconfirm")
        self.lab.reload()

    @invariant()
    def is_whole(self) -> None:
        chassis = self.lab.chassis
        assert violations(chassis) == []
        assert disagreements(self.lab) == []
        for session in sessions_of(self.lab):
            held = chassis.user_planes.of(session)
            assert held.control in CONTROL_PLANES
        paths = [path for path in chassis.peers.paths if path.settings.kind == "sx"]
        through = sum(chassis.peers.sessions_of(path)[0] for path in paths)
        assert through == len(chassis.sessions)
        for path in paths:
            assert path.up or not chassis.peers.sessions_of(path)[0]

    @invariant()
    def is_shown(self) -> None:
        count = len(self.lab.chassis.sessions)
        for view in VIEWS:
            shown = self.lab.typed(f"show subscribers user-plane-only {view}")
            total = f"Total subscribers matching specified criteria: {count}\n"
            assert shown.endswith(total if count else "match the specified criteria\n")


TestUserPlane = UserPlane.TestCase
TestUserPlane.settings = settings(
    max_examples=20,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
