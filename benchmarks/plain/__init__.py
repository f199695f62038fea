"""The checks of three parts of `examples/vision_course` as a plain pytest and Hypothesis file has them.

The modules of the student are imported as they are handed in (`layers`, `k_nearest_neighbor`), the right ones as
`reference.vision`. `python -m benchmarks lines` counts the lines, and asks both sides about the same wrong versions.
"""
