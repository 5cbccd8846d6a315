"""DNS clients: names that are looked up, the answers that are remembered, and what is counted.

A name is known to the servers when it is that of a Diameter peer; entries of hosts of the context
are known without a server.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable
from ipaddress import ip_address

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis.clock import Timeline
from staros_cli.chassis.contexts import Contexts
from staros_cli.chassis.peers.registry import Peers
from staros_cli.messages import Refused

TYPES = ("A", "AAAA", "NAPTR", "SRV")
_VERSIONS = {"A": 4, "AAAA": 6}
TTL, NEGATIVE_TTL = 300.0, 60.0
"""Seconds for which an answer holds, and for which one without addresses is remembered (chosen)."""
CACHE_SIZE, MOST_CACHED = 1000, 50_000
"""How many answers are remembered by default (chosen), and the most whatever is configured."""
FIFO, LRU = "fifo", "lru"
MOST_TRIES = 100


class DnsSettings(Struct, frozen=True):
    """A DNS client as it is configured; times are in seconds, `hosts` are entries of its context.

    Without an address, `local`, it is not in use.
    """

    context: str
    name: str
    local: str = ""
    size: int = CACHE_SIZE
    algorithm: str = FIFO
    ttl: float = TTL
    negative_ttl: float = NEGATIVE_TTL
    interval: float = 3.0
    retries: int = 2
    hosts: dict[str, tuple[str, ...]] = {}


class Cached(Struct, frozen=True):
    """An answer that is remembered until a time; without addresses the name has none."""

    name: str
    kind: str
    addresses: tuple[str, ...]
    until: float


class Answer(Struct, frozen=True):
    """The answer to a question. It took `waited` seconds: servers that do not answer take long."""

    addresses: tuple[str, ...] = ()
    ttl: int = 0
    waited: float = 0.0


class DnsCounts(Struct):
    """What a client has counted: questions by kind, use of its cache, questions to servers."""

    asked: Counter[str]
    failed: Counter[str]
    sent: Counter[tuple[str, str]]
    answered: Counter[tuple[str, str]]
    hits: int = 0
    negative_hits: int = 0
    misses: int = 0
    timeouts: int = 0
    not_found: int = 0


class _Client(Struct):
    """What a client remembers and has counted."""

    cache: OrderedDict[tuple[str, str], Cached]
    counts: DnsCounts


class DnsClients:
    """The DNS clients of all contexts. `read` finds one by its context and name."""

    def __init__(self, contexts: Contexts, peers: Peers, timeline: Timeline) -> None:
        self._contexts = contexts
        self._peers = peers
        self._timeline = timeline
        self.read: Callable[[str, str], DnsSettings | None] = lambda context, name: None
        self._clients: dict[tuple[str, str], _Client] = {}

    def clear(self) -> None:
        """The system went down: nothing is remembered."""
        self._clients = {}

    def settings(self, context: str, name: str) -> DnsSettings:
        """A client of a context. Raises Refused without it."""
        found = self.read(context, name)
        if found is None:
            self._clients.pop((context, name), None)
            raise Refused(messages.NO_DNS_CLIENT, name=name, context=context)
        return found

    def _client(self, settings: DnsSettings) -> _Client:
        key = settings.context, settings.name
        found = self._clients.get(key)
        if found is None:
            # Those that are configured no more are forgotten.
            self._clients = {each: one for each, one in self._clients.items() if self.read(*each)}
            found = self._clients[key] = _Client(OrderedDict(), _no_counts())
        return found

    def counts(self, settings: DnsSettings) -> DnsCounts:
        """What a client has counted since that was cleared."""
        return self._client(settings).counts

    def clear_counts(self, settings: DnsSettings) -> None:
        """Count from zero."""
        self._client(settings).counts = _no_counts()

    def clear_cache(self, settings: DnsSettings) -> None:
        """Forget the answers that a client remembers."""
        self._client(settings).cache.clear()

    def cached(self, settings: DnsSettings) -> list[Cached]:
        """The answers that a client remembers now."""
        now = self._timeline.now
        return [one for one in self._client(settings).cache.values() if one.until > now]

    def servers(self, settings: DnsSettings) -> list[str]:
        """The addresses of the servers of a client, the first choice first."""
        return [server.settings.address for server in self._peers.name_servers(settings.context)]

    # Looking up

    def query(self, settings: DnsSettings, kind: str, name: str) -> Answer:
        """Look a name up: among entries of hosts, what is remembered, and at the servers."""
        client, wanted = self._client(settings), name.lower().rstrip(".")
        client.counts.asked[kind] += 1
        answer = self._find(settings, client, kind, wanted)
        if not answer.addresses:
            client.counts.failed[kind] += 1
        return answer

    def _find(self, settings: DnsSettings, client: _Client, kind: str, name: str) -> Answer:
        own = _of_kind(settings.hosts.get(name, ()), kind)
        if own:
            return Answer(own, int(settings.ttl))
        now, key = self._timeline.now, (name, kind)
        found = client.cache.get(key)
        if found is not None and found.until > now:
            return self._remembered(settings, client, found)
        client.counts.misses += 1
        client.cache.pop(key, None)
        answer, was_asked = self._ask(settings, client.counts, kind, name)
        if was_asked:
            self._remember(settings, client, kind, name, answer.addresses)
        return answer

    def _remembered(self, settings: DnsSettings, client: _Client, found: Cached) -> Answer:
        if found.addresses:
            client.counts.hits += 1
        else:
            client.counts.negative_hits += 1
        if settings.algorithm == LRU:
            client.cache.move_to_end((found.name, found.kind))
        return Answer(found.addresses, int(found.until - self._timeline.now))

    def _remember(
        self, settings: DnsSettings, client: _Client, kind: str, name: str, found: tuple[str, ...]
    ) -> None:
        """Remember an answer; the oldest one is forgotten when there are too many."""
        size = min(settings.size, MOST_CACHED)
        while client.cache and len(client.cache) >= size:
            client.cache.popitem(last=False)
        lasts = settings.ttl if found else settings.negative_ttl
        if size and lasts:
            until = self._timeline.now + lasts
            client.cache[name, kind] = Cached(name, kind, found, until)

    def _ask(
        self, settings: DnsSettings, counts: DnsCounts, kind: str, name: str
    ) -> tuple[Answer, bool]:
        """Ask one server after the other; returns the answer, and whether one has answered."""
        waited = 0.0
        for server in self._peers.name_servers(settings.context) if self._is_up(settings) else ():
            place = server.settings.address, kind
            tries = 1 if server.answers else 1 + min(settings.retries, MOST_TRIES)
            counts.sent[place] += tries
            if server.answers:
                counts.answered[place] += 1
                found = _of_kind(self._known(name), kind)
                counts.not_found += not found
                return Answer(found, int(settings.ttl) if found else 0, waited), True
            counts.timeouts += tries
            waited += tries * settings.interval
        return Answer(waited=waited), False

    def _is_up(self, settings: DnsSettings) -> bool:
        """Whether a client has an address that passes packets."""
        context = self._contexts.by_name.get(settings.context)
        if context is None or not settings.local:
            return False
        return not self._contexts.obstacle_of_address(context, settings.local)

    def _known(self, name: str) -> tuple[str, ...]:
        """The addresses of the peers of a name."""
        peers = self._peers.servers.diameter
        found = (peer.settings.address for peer in peers if peer.settings.host.lower() == name)
        return tuple(dict.fromkeys(found))


def _of_kind(addresses: tuple[str, ...], kind: str) -> tuple[str, ...]:
    """The addresses that an answer of a kind has."""
    version = _VERSIONS.get(kind, 0)
    return tuple(one for one in addresses if ip_address(one).version == version)


def _no_counts() -> DnsCounts:
    return DnsCounts(Counter(), Counter(), Counter(), Counter())
