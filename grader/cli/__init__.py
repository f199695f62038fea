"""The commands; no rule of their own. A command ends with 0, or: something found, wrong usage, our own failure."""

DONE, FOUND, USAGE, HARNESS = range(4)
