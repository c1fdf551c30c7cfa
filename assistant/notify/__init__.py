"""Notifications: which findings go to which channel, when, in which words. Sent through Apprise."""
