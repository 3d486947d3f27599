"""Reading a text: share requests, promotion, filler; one data file a language."""
