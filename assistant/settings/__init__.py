"""Settings: what they are, where each value comes from, what is wrong with them, and their text for people."""
