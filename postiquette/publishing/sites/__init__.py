"""One site, one file: where the composer is, what success looks like, how to read back."""
