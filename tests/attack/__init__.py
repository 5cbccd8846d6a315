"""Attacks on a real server while another client measures how long it waits; `make attack`."""
