"""Contexts with their interfaces and services: the part of the configuration the model acts on."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis.access import SESSION_TYPE_OF_SERVICE
from staros_cli.messages import Refused

LOCAL = "local"
CONTEXT_LIMIT = 64


class Service(Struct):
    """A service: one that takes calls, or one that others use, as that of eGTP.

    `address` is what it is bound to. It is started while an interface of its context has that
    address; see Context.is_started.
    """

    number: int
    name: str
    kind: str
    address: str = ""

    @property
    def takes_calls(self) -> bool:
        """Whether sessions belong to it."""
        return self.kind in SESSION_TYPE_OF_SERVICE


class Context(Struct):
    """A context: a space of names and addresses of its own."""

    number: int
    name: str
    interfaces: dict[str, str] = {}
    services: dict[str, Service] = {}

    def add_interface(self, name: str) -> None:
        """Create the interface `name` unless it is there."""
        self.interfaces.setdefault(name, "")

    def remove_interface(self, name: str) -> None:
        """Remove an interface; services bound to its address stop. Raises Refused.

        They stay bound, and start again when an interface has the address.
        """
        self.set_address(name, "")
        del self.interfaces[name]

    def set_address(self, name: str, address: str) -> None:
        """Give an interface its address, empty for none.

        Services that are bound to the address it had stop, those bound to the new one start. Raises
        Refused when there is no such interface or another one has the address.
        """
        if name not in self.interfaces:
            raise Refused(messages.NO_SUCH_INTERFACE, name=name, context=self.name)
        for other, taken in self.interfaces.items():
            if address and taken == address and other != name:
                raise Refused(messages.ADDRESS_TAKEN, address=address, name=other)
        self.interfaces[name] = address

    def is_started(self, service: Service) -> bool:
        """Whether a service of this context runs: an interface has its address."""
        return bool(service.address) and service.address in self.interfaces.values()

    def service(self, name: str) -> Service:
        """The service `name`. Raises Refused when there is none."""
        try:
            return self.services[name]
        except KeyError:
            raise Refused(messages.NO_SUCH_SERVICE, name=name, context=self.name) from None

    def bind(self, name: str, address: str) -> None:
        """Bind a service to an address; it is started once an interface has that.

        Raises Refused when there is no such service.
        """
        self.service(name).address = address

    def release(self, name: str) -> None:
        """Release the address of a service. Raises Refused when there is no such service."""
        self.service(name).address = ""


class Contexts:
    """All contexts. The first is always `local`."""

    def __init__(self) -> None:
        self.by_name: dict[str, Context] = {}
        self._services = 0
        self.clear()

    def clear(self) -> None:
        """Forget all contexts but an empty `local`, as at a start of the system."""
        self._services = 0
        self.by_name = {LOCAL: Context(1, LOCAL)}

    def __iter__(self) -> Iterator[Context]:
        return iter(self.by_name.values())

    def get(self, name: str) -> Context:
        """The context `name`. Raises Refused when there is none."""
        try:
            return self.by_name[name]
        except KeyError:
            raise Refused(messages.NO_SUCH_CONTEXT, name=name) from None

    @property
    def any_configured(self) -> bool:
        """Whether a context besides `local` exists: the mark of a system in service (SR-16)."""
        return len(self.by_name) > 1

    def create(self, name: str) -> Context:
        """The context `name`, created when it is not there. Raises Refused at the limit."""
        found = self.by_name.get(name)
        if found is None:
            if len(self.by_name) >= CONTEXT_LIMIT:
                raise Refused(messages.TOO_MANY_CONTEXTS, limit=CONTEXT_LIMIT)
            number = max(context.number for context in self) + 1
            found = self.by_name[name] = Context(number, name)
        return found

    def removable(self, name: str) -> Context:
        """The context `name`, if it may be removed. Raises Refused for `local` or a missing one."""
        if name == LOCAL:
            raise Refused(messages.LOCAL_STAYS)
        return self.get(name)

    def remove(self, name: str) -> None:
        """Remove a context with everything in it. Raises Refused as `removable` does."""
        del self.by_name[self.removable(name).name]

    def add_service(self, context: Context, name: str, kind: str) -> Service:
        """The service `name`, created when it is not there.

        Raises Refused when a service of another kind has the name.
        """
        found = context.services.get(name)
        if found is None:
            self._services += 1
            found = context.services[name] = Service(self._services, name, kind)
        elif found.kind != kind:
            raise Refused(
                messages.SERVICE_NAME_TAKEN, name=name, kind=found.kind, context=context.name
            )
        return found

    def remove_service(self, context: Context, name: str, kind: str) -> None:
        """Remove a service. Raises Refused when there is none of that kind."""
        found = context.services.get(name)
        if found is None or found.kind != kind:
            raise Refused(messages.NO_SUCH_SERVICE, name=name, context=context.name)
        del context.services[name]

    def started(self) -> Iterator[tuple[Context, Service]]:
        """Every service that takes calls, with its context."""
        return (
            (context, s)
            for context, s in self.services()
            if s.takes_calls and context.is_started(s)
        )

    def unstarted(self) -> Iterator[tuple[Context, Service]]:
        """Every service that is bound to an address that no interface has, with its context."""
        for context, service in self.services():
            if service.address and not context.is_started(service):
                yield context, service

    def services(self) -> Iterator[tuple[Context, Service]]:
        """Every service with its context."""
        for context in self:
            for service in context.services.values():
                yield context, service
