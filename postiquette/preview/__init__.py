"""Dry runs: the real plan, shown in a terminal, as a page, as JSON, and in the real composers."""
