"""Random lines, bytes and damaged files against everything that takes them; `make fuzz`."""
