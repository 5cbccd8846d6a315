"""Scenarios: what happens around a chassis in the course of time, as data."""
