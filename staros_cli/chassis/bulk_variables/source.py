"""The values of variables, as the chassis is now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from staros_cli.chassis.bulk_variables.catalog import Kind, Variable, shown
from staros_cli.chassis.bulk_variables.charging import KINDS_OF_CHARGING
from staros_cli.chassis.bulk_variables.hardware import CARD, PORT
from staros_cli.chassis.bulk_variables.network import APN, CONTEXT, IPPOOL, KINDS_OF_SERVICES
from staros_cli.chassis.bulk_variables.peers import KINDS_OF_SERVERS
from staros_cli.chassis.bulk_variables.redundancy import ICSR
from staros_cli.chassis.bulk_variables.shared import SCHEMA_NAME, SHARED, Moment
from staros_cli.chassis.bulk_variables.system import SYSTEM
from staros_cli.chassis.bulkstats.collector import Value
from staros_cli.chassis.bulkstats.settings import SYSTEM as SYSTEM_KIND
from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.srp.states import State

KINDS: dict[str, Kind] = {
    SYSTEM_KIND: SYSTEM,
    "card": CARD,
    "port": PORT,
    "context": CONTEXT,
    "ippool": IPPOOL,
    "apn": APN,
    **KINDS_OF_SERVICES,
    **KINDS_OF_SERVERS,
    **KINDS_OF_CHARGING,
    "icsr": ICSR,
}
"""The kinds of schemas that the model has objects for; the others make no records."""


def texts(kind: str = "") -> dict[str, str]:
    """What the variables of a kind of schemas tell; without one those that all have."""
    found = KINDS[kind].variables if kind else {**SHARED, "schemaname": SCHEMA_NAME}
    return {name: variable.text for name, variable in found.items()}


class ModelSource:
    """Takes the values from a chassis."""

    def __init__(self, chassis: Chassis) -> None:
        self._chassis = chassis
        self._looked_for: Mapping[str, str] | None = None

    @property
    def is_standby(self) -> bool:
        """Whether the other chassis of a pair serves."""
        srp = self._chassis.srp
        return srp.is_running and srp.state is State.STANDBY

    def shared(self, at: float) -> Mapping[str, str]:
        """The variables that all records and file names have, at a time."""
        moment = Moment(self._chassis, at)
        return {name: shown(variable.value(moment)) for name, variable in SHARED.items()}

    def readers(self, kind: str, shared: Mapping[str, str]) -> Iterable[Value]:
        """The values of each object of a kind of schemas, beside those that all have."""
        found = KINDS.get(kind)
        if found is None:
            return
        if shared is not self._looked_for:  # once a sample: calls may have opened paths
            self._looked_for = shared
            self._chassis.peers.look()
        for one in found.objects(self._chassis):
            yield partial(_value, found.variables, one, shared, {})


def _value(
    variables: dict[str, Variable],
    one: Any,
    shared: Mapping[str, str],
    known: dict[str, str],
    name: str,
) -> str:
    """The value of a variable of an object, which is computed once and kept in `known`.

    One that the model does not know is empty (chosen).
    """
    text = known.get(name)
    if text is None:
        variable = variables.get(name)
        text = shared.get(name, "") if variable is None else shown(variable.value(one))
        known[name] = text
    return text
