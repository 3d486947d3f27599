"""What is to be posted, and what became of it."""
