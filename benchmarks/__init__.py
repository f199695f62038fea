"""Benchmarks: what a submission costs, what a class costs, and what others cost. ``python -m benchmarks --help``."""
