"""`staros-cli lab start NAME --ssh`: a lab on the network, for a class."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

import msgspec

from staros_cli import paths
from staros_cli.errors import UsageError
from staros_cli.labs import progress
from staros_cli.labs.schema import Lab
from staros_cli.network import serve
from staros_cli.network.clock_driver import RealTimeDriver
from staros_cli.network.limits import limits_of
from staros_cli.network.listeners import Address, Listeners, rules_of
from staros_cli.shell.realtime import RealTime
from staros_cli.teaching.classroom import Classroom

LOOK_EVERY = 1.0
"""How often it is looked whether a step that waits for something is done, in real seconds."""


def run(lab: Lab, options: argparse.Namespace) -> int:
    """Serve a lab until SIGTERM or SIGINT. Raises UsageError for what cannot be served."""
    if options.again or options.learner:
        raise UsageError(
            "--again and --learner are for somebody who takes the lab here; with --ssh it is"
            " whoever logs in"
        )
    root = Path(options.root) if options.root else paths.lab_classes() / lab.name
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--class {root}: {error.strerror or error}") from None
    said = f"--class {root}: another server keeps what is done in {lab.name} there"
    with progress.alone(root / f".{lab.name}.lock", said):
        asyncio.run(_serve(_classroom(lab, root, options), root, options))
    return 0


def _classroom(lab: Lab, root: Path, options: argparse.Namespace) -> Classroom:
    rate = options.clock_rate or lab.schema.clock_rate
    return Classroom(
        lab,
        rules_of(limits_of(options.limit), options.authorized_keys),
        RealTimeDriver(rate),
        RealTime(rate).clock,
        root=root,
        password=options.password,
        look_every=LOOK_EVERY * rate,
        rate=rate,
        warn=serve.warn,
    )


async def _serve(room: Classroom, root: Path, options: argparse.Namespace) -> None:
    ended = serve.signalled()
    file = Path(options.host_key) if options.host_key else None
    listeners = Listeners(options.host, room.rules.limits, file)
    try:
        ports = (options.ssh_port, options.telnet_port)
        ssh, telnet = await listeners.open(room.name, lambda: room, *ports)
        if options.json:
            print(_json(room.lab, ssh, telnet, root, options.password), flush=True)
        else:
            _tell(room.lab, ssh, telnet, root, options.password)
        serve.warn(listeners.key_note)
        await ended.wait()
    finally:
        await listeners.close([room])


def _json(lab: Lab, ssh: Address, telnet: Address, root: Path, password: str) -> str:
    row = {
        "name": lab.name,
        "title": lab.schema.title,
        "ssh": ssh,
        "telnet": telnet,
        "login": {"user": None, "password": password},
        "class": str(root),
    }
    return msgspec.json.encode([row]).decode()


def _tell(lab: Lab, ssh: Address, telnet: Address, root: Path, password: str) -> None:
    login = f"a name of your own, password {password}"
    head = ("lab", "SSH", "telnet", "login")
    print(f"Each learner who logs in takes the lab on a chassis of their own: {lab.schema.title}.")
    print(f"Progress is kept in {root}; `staros-cli lab grade {root}` sums it up.")
    serve.table([head, (lab.name, ssh.text, telnet.text, login)])
