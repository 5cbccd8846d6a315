"""What subscribers want: how fast they call, how often they hang up, how many want a call."""

from __future__ import annotations

from staros_cli.chassis.definition_schema import CallsSchema


class Demand:
    """What subscribers want now; it outlasts restarts of the system.

    `attach_rate` are calls a second at most, `churn` calls a second that end and are made again,
    `share` is the part of the subscribers, 0 to 1, that want a call.
    """

    def __init__(self, schema: CallsSchema) -> None:
        self._schema = schema
        self.restore()

    def restore(self) -> None:
        """Let subscribers want what the definition of the chassis says: a call, all of them."""
        self.attach_rate = self._schema.attach_rate
        self.churn = self._schema.churn
        self.share = 1.0

    def wanted(self, count: int) -> int:
        """How many of so many subscribers want a call."""
        return round(self.share * count)
