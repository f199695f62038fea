"""Tests of the faces; ``samples`` holds the reports that they render, ``browser`` drives Chromium."""
