"""Objects of the active charging service, opened from outside of it."""

from __future__ import annotations

import pytest

from staros_cli import messages
from tests.support import make_session, output, run

SERVICE = "active-charging service acs1"


def configuration(*lines: str) -> list[str]:
    """The configuration from the line of the service on, after `lines` were typed."""
    session, _ = make_session()
    run(session, "configure", "autoconfirm", *lines, "end")
    shown = [line.strip() for line in output(session, "show configuration")]
    return shown[shown.index(SERVICE) :]


@pytest.mark.parametrize("kind", ["charging-action", "rulebase", "ruledef"])
def test_an_object_is_opened_from_global_configuration_and_stands_in_the_service(kind: str) -> None:
    within = configuration(SERVICE, f"{kind} one", "exit", "exit")
    assert configuration(SERVICE, "exit", f"{kind} one -noconfirm") == within
    assert f"{kind} one" in within


def test_what_is_in_an_object_stays_when_it_is_opened_again() -> None:
    shown = configuration(
        SERVICE, "rulebase R", "retransmissions-counted", "exit", "exit",
        "rulebase R", "tcp check-window-size",
    )  # fmt: skip
    assert shown[1:4] == ["rulebase R", "retransmissions-counted", "tcp check-window-size"]


def test_the_modes_around_an_object_are_those_of_the_service() -> None:
    session, _ = make_session()
    run(session, "configure", "autoconfirm", SERVICE, "exit", "rulebase R")
    assert session.prompt.endswith("(config-rule-base)# ")
    run(session, "exit")
    assert session.prompt.endswith("(config-acs)# ")


def test_an_object_is_removed_from_global_configuration() -> None:
    assert "ruledef any" not in configuration(
        SERVICE, "ruledef any", "exit", "exit", "no ruledef any"
    )


@pytest.mark.parametrize("line", ["rulebase R", "no rulebase R"])
def test_without_a_service_there_is_nothing_to_open(line: str) -> None:
    session, _ = make_session()
    run(session, "configure", "autoconfirm")
    assert list(session.handle(line).lines) == [f"Failure: {messages.NO_CHARGING_SERVICE()}"]
