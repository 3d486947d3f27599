"""The command line: thin; one file a command group. Heavy imports happen inside the commands that need them."""
