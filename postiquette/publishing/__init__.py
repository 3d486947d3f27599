"""How a post reaches a site: a browser, a session, a composer, and a button that is pressed once."""
