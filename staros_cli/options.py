"""Options that several commands of the program share: numbers, times, addresses."""

from __future__ import annotations

import argparse
from contextlib import suppress


def number(text: str, low: int, high: int) -> int:
    """A whole number in a range, for argparse."""
    with suppress(ValueError):  # Python reads no number of thousands of digits.
        if text.isascii() and text.isdigit() and low <= int(text) <= high:
            return int(text)
    raise argparse.ArgumentTypeError(f"expected a number from {low} to {high}, got {text!r}")


def seconds(text: str) -> float:
    """Seconds of a limit, 0 for none and a day at most, for argparse."""
    with suppress(ValueError):
        if 0 <= float(text) <= 86400:
            return float(text)
    raise argparse.ArgumentTypeError(f"expected seconds from 0 to 86400, got {text!r}")


def port(text: str) -> int:
    """A port, 0 for any, for argparse."""
    return number(text, 0, 65535)


def rate(text: str, most: int) -> float:
    """How many times faster than real time, at most `most`, for argparse."""
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 1 <= found <= most:
        raise argparse.ArgumentTypeError(f"expected a number from 1 to {most}, got {text!r}")
    return found


def add_listening(parser: argparse._ActionsContainer) -> None:
    """Add what says where to listen and whom to let in."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)"
    )
    for name, title in (("ssh", "SSH and SFTP"), ("telnet", "telnet")):
        parser.add_argument(
            f"--{name}-port",
            type=port,
            default=0,
            metavar="PORT",
            help=f"port of {title}, the next ones for further chassis (default any free one)",
        )
    parser.add_argument("--json", action="store_true", help="print one line of JSON, no table")
    parser.add_argument(
        "--authorized-keys", metavar="FILE", help="public keys that may log in as any user"
    )
    parser.add_argument(
        "--host-key", metavar="FILE", help="private key of the server, made if it is not there"
    )
    parser.add_argument(
        "--limit", action="append", default=[], metavar="NAME=N", help="see docs/network.md"
    )
