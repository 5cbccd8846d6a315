"""Contexts with their interfaces and services: the part of the configuration the model acts on."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis.access import SESSION_TYPE_OF_SERVICE
from staros_cli.chassis.findings import Finding, finding, section_of_service
from staros_cli.chassis.interfaces import ETHERNET, Address, Interface
from staros_cli.chassis.links import Links
from staros_cli.chassis.ports import Ports
from staros_cli.chassis.service_needs import USED, needs_of
from staros_cli.messages import Refused

LOCAL = "local"
CONTEXT_LIMIT = 64


class Service(Struct):
    """A service: one that takes calls, or one that others use, as that of eGTP.

    `bindings` are the addresses that it is bound to, by what each is for, `associations` the
    services that it uses, as context and name, by their kind, and by the side where it uses several
    of a kind; see `association_of`. See Contexts.obstacle for when it is started.
    """

    number: int
    name: str
    kind: str
    bindings: dict[str, str] = {}
    associations: dict[str, tuple[str, str]] = {}

    @property
    def takes_calls(self) -> bool:
        """Whether sessions belong to it."""
        return self.kind in SESSION_TYPE_OF_SERVICE


class Context(Struct):
    """A context: a space of names and addresses of its own."""

    number: int
    name: str
    interfaces: dict[str, Interface] = {}
    services: dict[str, Service] = {}

    def add_interface(self, name: str, kind: str = ETHERNET) -> Interface:
        """The interface `name`, created when it is not there.

        Raises Refused when it is there and of another kind.
        """
        found = self.interfaces.setdefault(name, Interface(name, kind))
        if found.kind != kind:
            raise Refused(messages.INTERFACE_KIND, name=name, kind=found.kind)
        return found

    def interface(self, name: str) -> Interface:
        """The interface `name`. Raises Refused when there is none."""
        try:
            return self.interfaces[name]
        except KeyError:
            raise Refused(messages.NO_SUCH_INTERFACE, name=name, context=self.name) from None

    def remove_interface(self, name: str) -> None:
        """Remove an interface; services bound to its addresses stop. Raises Refused.

        They stay bound, and start again when an interface has the address.
        """
        del self.interfaces[self.interface(name).name]

    def put_address(self, name: str, address: Address) -> None:
        """Give an interface an address.

        Raises Refused when there is no such interface, when another one has the address, and for a
        secondary address where there is no primary one.
        """
        interface, other = self.interface(name), self.with_address(address.ip)
        if other is not None and other is not interface:
            raise Refused(messages.ADDRESS_TAKEN, address=address.ip, name=other.name)
        primary = (a for a in interface.addresses if not a.secondary and a.ip != address.ip)
        if address.secondary and not any(a.is_ipv6 == address.is_ipv6 for a in primary):
            raise Refused(messages.NO_PRIMARY_ADDRESS, name=name)
        interface.put(address)

    def with_address(self, ip: str) -> Interface | None:
        """The interface that has an address, None when there is none."""
        return next((i for i in self.interfaces.values() if i.has(ip)), None)

    def service(self, name: str) -> Service:
        """The service `name`. Raises Refused when there is none."""
        try:
            return self.services[name]
        except KeyError:
            raise Refused(messages.NO_SUCH_SERVICE, name=name, context=self.name) from None


class Contexts:
    """All contexts, and the ports that carry their interfaces. The first is always `local`."""

    def __init__(self, links: Links | None = None) -> None:
        self.by_name: dict[str, Context] = {}
        self._services = 0
        self._links = links or Links()
        self.clear()

    def clear(self) -> None:
        """Forget all contexts but an empty `local`, and all ports, as at a start of the system."""
        self._services = 0
        self.ports = Ports(self._links)
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

    def is_up(self, context: Context, interface: Interface) -> bool:
        """Whether an interface passes packets: an Ethernet one while a port in use carries it."""
        return interface.kind != ETHERNET or self.ports.carries(context.name, interface.name)

    def obstacle(self, context: Context, service: Service) -> str:
        """Why a service is not started; empty when it is.

        It starts when its bindings and associations are complete, the interfaces that have the
        addresses are up and the services that it uses are started.
        """
        needs = needs_of(service.kind)
        for use in needs.bindings:
            if use not in service.bindings:
                return messages.NOT_BOUND()
            found = self.obstacle_of_address(context, service.bindings[use])
            if found:
                return found
        there = list(service.associations)
        missing = [kind for kind in needs.services if not any(kind in one.split() for one in there)]
        if missing:
            return messages.NOT_ASSOCIATED(kind=missing[0])
        for use in there:
            kind = use.split()[0]
            if kind in needs.services or kind in USED:
                found = self._obstacle_of_association(kind, *service.associations[use])
                if found:
                    return found
        return ""

    def obstacle_of_address(self, context: Context, address: str) -> str:
        """Why packets to an address of a context do not arrive; empty when they do."""
        interface = context.with_address(address)
        if interface is None:
            return messages.ADDRESS_MISSING(address=address)
        up = self.is_up(context, interface)
        return "" if up else messages.INTERFACE_DOWN(name=interface.name, address=address)

    def _obstacle_of_association(self, kind: str, place: str, name: str) -> str:
        context = self.by_name.get(place)
        used = context.services.get(name) if context else None
        if context is None or used is None or used.kind != kind:
            return messages.NO_ASSOCIATED_SERVICE(kind=kind, name=name, context=place)
        started = self.is_started(context, used)
        return "" if started else messages.ASSOCIATED_DOWN(kind=kind, name=name, context=place)

    def is_started(self, context: Context, service: Service) -> bool:
        """Whether a service runs."""
        return not self.obstacle(context, service)

    def started(self) -> Iterator[tuple[Context, Service]]:
        """Every started service that takes calls, with its context."""
        calls = ((context, s) for context, s in self.services() if s.takes_calls)
        return ((context, s) for context, s in calls if self.is_started(context, s))

    def obstacles(self) -> Iterator[tuple[Context, Service, str]]:
        """Every service that is not started, with its context and what stands in the way."""
        for context, service in self.services():
            found = self.obstacle(context, service)
            if found:
                yield context, service, found

    def findings(self) -> Iterator[Finding]:
        """The services that are not started, as errors of the configuration."""
        for context, service, reason in self.obstacles():
            text = messages.SERVICE_NOT_STARTED(
                kind=service.kind, name=service.name, context=context.name, reason=reason
            )
            about = f"context {context.name}", f"{service.kind}-service {service.name}"
            yield finding(section_of_service(service.kind), text, about=about)

    def services(self) -> Iterator[tuple[Context, Service]]:
        """Every service with its context."""
        for context in self:
            for service in context.services.values():
                yield context, service
