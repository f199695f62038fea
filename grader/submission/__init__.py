"""From the bytes of a student's files to a program; nothing here executes anything."""
