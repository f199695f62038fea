"""From what a platform lets an instructor download to the files of each student."""
