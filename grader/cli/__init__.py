"""The commands; no rule of their own. A command ends with 0, or: something found, wrong usage, our own failure, Ctrl-C."""

DONE, FOUND, USAGE, HARNESS = range(4)
INTERRUPTED = 130  # as a shell says it of a command that Ctrl-C ended
