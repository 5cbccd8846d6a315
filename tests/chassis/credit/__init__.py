"""Tests of credit control."""
