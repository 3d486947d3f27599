"""What may go out: reading, ledger, rules, decision. Pure: no database, no browser, no clock of its own."""
