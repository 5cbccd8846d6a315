"""`staros-cli chassis import`: a configuration becomes a chassis."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from staros_cli.configuration.opaque import Learned, Shape
from staros_cli.errors import UsageError
from staros_cli.offline import guess, secrets, texts
from staros_cli.offline.chassis import Imported, as_toml, make
from staros_cli.offline.texts import ConfigurationText
from staros_cli.printable import printable
from staros_cli.whole_files import write_whole

_MOST_TOLD = 200
"""How many unknown lines are told one by one."""
_LONGEST_TOLD = 100


def run(given: argparse.Namespace) -> int:
    """Import a file. Returns 1 when lines are unknown or refused and that is not wanted."""
    source = texts.read(given.file)
    body = source.body
    users: tuple[str, ...] = ()
    count = 0
    if not given.keep_secrets:
        cleaned = secrets.without(body)
        body, users, count = cleaned.text, cleaned.users, cleaned.count
    body, had_license = secrets.without_license(body)
    found = guess.platform_of(body)
    if given.platform:
        found = guess.Guess(given.platform, "as wanted", found.slots)
    name = _name(given)
    made = make(name, body, found, source.version, given.subscribers)
    for line in _report(source, found, made, count, users, had_license):
        print(printable(line), file=sys.stderr)
    if given.strict and made.learned:
        print("nothing was written: --strict takes no unknown lines", file=sys.stderr)
        return 1
    _write(given.output, as_toml(made.table))
    return 0


def _name(given: argparse.Namespace) -> str:
    stem = Path(given.output or given.file).stem if (given.output or given.file) != "-" else ""
    kept = "".join(c if c.isalnum() or c in "_.-" else "-" for c in stem).lstrip(".-")
    return kept[:100] or "imported"


def _write(output: str | None, text: str) -> None:
    if output is None or output == "-":
        print(text, end="")
        return
    try:
        write_whole(Path(output), text.encode())
    except OSError as error:
        raise UsageError(f"{output}: {error.strerror or error}") from None


def _report(
    source: ConfigurationText,
    found: guess.Guess,
    made: Imported,
    secrets_replaced: int,
    users: tuple[str, ...],
    had_license: bool,
) -> Iterator[str]:
    """The lines that tell what became of a configuration."""
    chassis = made.system.chassis
    lines = sum(bool(line.strip()) for _, line in source.lines)
    yield f"{source.source}: {lines} lines"
    yield f"platform: {chassis.platform.title} ({found.reason})"
    yield f"host name: {chassis.hostname}"
    services = sum(1 for _ in chassis.contexts.services())
    yield f"contexts: {len(chassis.contexts.by_name)}, services: {services}"
    if chassis.sessions.groups:
        yield f"subscribers: {chassis.callers.total}"
    if secrets_replaced:
        yield f"secrets replaced: {secrets_replaced} (--keep-secrets keeps them)"
    for user in users:
        yield f"the password of user {user} is {secrets.PASSWORD} now"
    if had_license:
        yield "license key: one of this program takes the place of that in the file"
    yield from _unknown(source, made)


def _unknown(source: ConfigurationText, made: Imported) -> Iterator[str]:
    unknown = [one for one in made.learned if one.reason and not one.refused]
    refused = [one for one in made.learned if one.refused]
    for title, among in (
        ("unknown lines, kept as they are", unknown),
        ("lines that the chassis refuses, kept as they are", refused),
    ):
        if not among:
            continue
        yield f"{title}: {len(among)}"
        yield from (f"  {_place(source, made.lines_before, one)}" for one in among[:_MOST_TOLD])
        if len(among) > _MOST_TOLD:
            yield f"  and {len(among) - _MOST_TOLD} more"
    for problem in made.system.problems[:_MOST_TOLD]:
        number = source.number_in_source(problem.number - made.lines_before)
        text = " ".join(problem.text.split())
        yield f"  {source.source}:{number}: {problem.line.strip()[:_LONGEST_TOLD]}: {text}"
    if made.inside:
        yield f"lines within unknown blocks: {made.inside}"
    if unknown:
        yield "unknown lines by their first words:"
        counts = Counter(" ".join(one.line.split()[:2]) for one in unknown)
        yield from (f"  {count:>5}  {words}" for words, count in counts.most_common(_MOST_TOLD))


def _place(source: ConfigurationText, before: int, one: Learned) -> str:
    """A line with its place and what is wrong with it."""
    number = source.number_in_source(one.number - before)
    block = ", a block" if one.shape is Shape.BLOCK else ""
    reason = " ".join(one.reason.removeprefix("Failure: ").split())
    return f"{source.source}:{number}: {one.line[:_LONGEST_TOLD]} ({one.mode}{block}): {reason}"
