"""Configuration files: their header, and what makes one usable."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from msgspec import Struct

from staros_cli import messages
from staros_cli.chassis.chassis import Chassis
from staros_cli.chassis.storage import url_of
from staros_cli.configuration.tree import Node, written
from staros_cli.messages import Refused

SIZE_LIMIT = 4 * 1024 * 1024
"""The largest configuration file that is read, in bytes."""

_HEADER = re.compile(r"#!\$\$ StarOS V\S+ Chassis (\S+)")


class Problem(Struct, frozen=True):
    """A line of a configuration file that the system had something to say about."""

    url: str
    number: int
    line: str
    text: str

    def __str__(self) -> str:
        if not self.number:  # about the file as a whole
            return self.text
        return messages.LINE_REFUSED(
            url=self.url, number=self.number, line=self.line.strip(), text=self.text
        )


def header(chassis: Chassis) -> str:
    """The first line of a file saved on this chassis."""
    version = ".".join(chassis.definition.schema.software.version.split(".")[:2])
    return f"#!$$ StarOS V{version} Chassis {chassis.definition.chassis_id}"


def text_of(chassis: Chassis, root: Node) -> str:
    """The running configuration as a file."""
    return "\n".join([header(chassis), *written(root)]) + "\n"


def read(chassis: Chassis, path: PurePosixPath) -> str:
    """The text of a configuration file of this chassis.

    Raises Refused when there is none, when it is not text, or when it was saved on another chassis;
    a file without header is taken.
    """
    data = chassis.storage.read(path)
    if len(data) > SIZE_LIMIT:
        raise Refused(messages.FILE_TOO_LARGE, url=url_of(path), limit=SIZE_LIMIT)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Refused(messages.NOT_TEXT_FILE, url=url_of(path)) from None
    found = _HEADER.match(text)
    if found and found[1] != chassis.definition.chassis_id:
        raise Refused(messages.OTHER_CHASSIS_FILE, url=url_of(path))
    return text
