"""How a session began that a log shows: chassis, host name, user, terminal, time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from staros_cli.chassis.definition import built_in, built_in_names
from staros_cli.chassis.platform import CARD_KINDS, PLATFORMS
from staros_cli.chassis.privilege import Privilege
from staros_cli.transcripts.directives import DEFAULT_USER, HOST_NAME, Login, Settings
from staros_cli.transcripts.prompts import is_marker, is_time_stamp, parts_of_prompt, prompt_line

_CLOCK_COMMAND = re.compile(r"sh(?:o|ow)? cl(?:o|oc|ock)?\b")
_USER = re.compile(r"(?:login(?: as)?: (?P<asked>\S+)|(?P<named>[\w.+-]+)@\S+'s password:).*")
_SCRIPT_SIZE = re.compile(r'Script started on .*COLUMNS="(?P<width>\d+)" LINES="(?P<length>\d+)".*')
_WINDOW_SIZE = re.compile(r"\x1b\[8;(?P<length>\d+);(?P<width>\d+)t")
_SHOWN_LENGTH = re.compile(r"Terminal length: +(?P<length>\d+)")
_SHOWN_WIDTH = re.compile(r"Terminal width: +(?P<width>\d+)")
_LARGEST = 10_000


def settings_of(
    log: str, before: Sequence[str], commands: Sequence[Sequence[str]], chassis: str | None
) -> tuple[Settings, str]:
    """The settings that begin the session of a log, and what there is to say about the chassis.

    `before` are the lines before the first prompt, `commands` the lines in groups: one that was
    typed and its output. `chassis` is taken when it is given.
    """
    text = [*before, *(line for command in commands for line in command[1:])]
    parts = parts_of_prompt(commands[0][0])
    host = parts.host if parts and HOST_NAME.fullmatch(parts.host) else ""
    platform = _platform(text) or _platform([host])
    settings = Settings(chassis=chassis or _chassis_of(platform or Settings().chassis))
    settings.host = host
    settings.login = _login(before, operator=bool(parts and parts.mark == ">"))
    _set_size(settings, log, commands)
    _set_times(settings, commands)
    if chassis or platform:
        return settings, ""
    return settings, f"The log does not show its platform: {settings.chassis} is taken"


# Chassis


def _platform(lines: Sequence[str]) -> str:
    """The platform that most lines speak of; empty when none does."""
    signs = _signs()
    votes = Counter(signs[found] for line in lines for found in _found(signs, line.lower()))
    return votes.most_common(1)[0][0] if votes else ""


def _found(signs: dict[str, str], line: str) -> Iterator[str]:
    return (sign for sign in signs if re.search(rf"(?<![a-z0-9]){re.escape(sign)}(?!\w)", line))


def _signs() -> dict[str, str]:
    """What tells a platform: its name in images and banners, cards that no other has."""
    homes: dict[str, set[str]] = {}
    for platform in PLATFORMS.values():
        for kind in {kind for kinds in platform.slots.values() for kind in kinds}:
            homes.setdefault(CARD_KINDS[kind].title, set()).add(platform.name)
    signs = {title.lower(): home.pop() for title, home in homes.items() if len(home) == 1}
    return signs | {platform.image: platform.name for platform in PLATFORMS.values()}


def _chassis_of(platform: str) -> str:
    """The built-in chassis of a platform: the one of its name, otherwise the first."""
    names = built_in_names()
    if platform in names:
        return platform
    return next(name for name in names if built_in(name).platform.name == platform)


# User and terminal


def _login(before: Sequence[str], *, operator: bool) -> Login:
    users = [found["asked"] or found["named"] for found in map(_USER.fullmatch, before) if found]
    level = Privilege.OPERATOR if operator else Privilege.SECURITY
    return Login(users[-1] if users else DEFAULT_USER, level)


def _set_size(settings: Settings, log: str, commands: Sequence[Sequence[str]]) -> None:
    """Take the size of the terminal over as far as the log tells it."""
    output = "\n".join(line for command in commands for line in command[1:])
    for pattern in (_SCRIPT_SIZE, _WINDOW_SIZE, _SHOWN_LENGTH, _SHOWN_WIDTH):
        found = pattern.search(log if pattern in (_SCRIPT_SIZE, _WINDOW_SIZE) else output)
        size = {name: int(text[:9]) for name, text in found.groupdict().items()} if found else {}
        settings.length = min(size.get("length", settings.length), _LARGEST)
        settings.width = min(max(1, size.get("width", settings.width)), _LARGEST)
    pages = [page for command in commands if (page := _page(command[1:]))]
    if pages:
        settings.length = pages[0] + 1
    elif max((len(command) for command in commands), default=0) > settings.length:
        settings.length = 0


def _page(output: Sequence[str]) -> int:
    """The lines before the first mark of the pager; 0 when there is none."""
    return next((place for place, line in enumerate(output) if is_marker(line)), 0)


# Time


def _set_times(settings: Settings, commands: Sequence[Sequence[str]]) -> None:
    """Take over the time of the first stamp, and whether stamps were on from the start."""
    switched_on = False
    for typed, *output in commands:
        found = prompt_line(typed)
        text = found.text.strip().lower() if found else ""
        switched_on |= text.startswith("times")
        if not (output[:1] and is_time_stamp(output[0])):
            continue
        if settings.clock == Settings().clock:
            settings.clock = _moment(output[0]) or settings.clock
        if not switched_on and not _CLOCK_COMMAND.match(text):
            settings.timestamps = True


def _moment(stamp: str) -> float | None:
    try:
        return datetime.strptime(stamp, "%A %B %d %H:%M:%S UTC %Y").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
