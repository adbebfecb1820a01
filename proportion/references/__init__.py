"""Well-proportioned figures to compare with: the library and its retrieval by pose."""
