"""What developers and `make` run around the program: set-up, checks, the lock. Nothing here is in the wheel."""
