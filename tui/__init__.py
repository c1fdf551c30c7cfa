"""What a person meets in the terminal: commands and screens. Never a browser."""
