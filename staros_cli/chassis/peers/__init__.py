"""Peers of other systems: Diameter, RADIUS and charging servers, and the paths of GTP."""
