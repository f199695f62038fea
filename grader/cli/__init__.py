"""The commands; no rule of their own."""
