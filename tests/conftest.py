"""What all tests share."""

# The tiny course is loaded as a course, never as tests or doctests.
collect_ignore = ["course"]
