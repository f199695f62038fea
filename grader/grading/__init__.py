"""One submission from its file to its report; then many."""
