"""An emulator of the command line of Cisco StarOS. Not affiliated with Cisco."""

__version__ = "0.1.0"
