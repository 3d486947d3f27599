"""When: slots, the queue as it falls due, the background service."""
