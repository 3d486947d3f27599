"""A small social site of our own, for the demo and the tests: real pages, real sessions, and faults that can be switched on."""
