"""Runs kept, marks worked out, files of learning platforms filled."""
