"""Checks by themselves: rounds that never overlap, and the timers of the machine that start them."""
