"""Be told of every event of a chassis while a card fails."""

from staros_cli import Device
from staros_cli.chassis.events import Event


def tell(event: Event) -> None:
    """Print an event."""
    print(f"{event.kind.name}: {event.text}")


with Device("asr5500") as device:
    end = device.subscribe(tell)
    device.fail_card(1)
    device.advance(90)
    end()
