"""From an author's description to a case file, and the store of case files."""
