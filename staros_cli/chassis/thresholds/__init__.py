"""Thresholds: values that the system looks at, and tells of when they are beyond what is set."""
