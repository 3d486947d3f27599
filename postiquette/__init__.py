"""A posting queue with manners: value before the ask."""

__version__ = "0.1.0"
