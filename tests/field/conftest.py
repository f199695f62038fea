"""The inputs are handed in, never collected."""

collect_ignore = ["inputs"]
