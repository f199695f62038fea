"""The confined side: the only files beside student code. Standard library and NumPy, nothing else of the package."""
