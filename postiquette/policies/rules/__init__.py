"""One rule, one file, named for the fault it finds."""
