"""Checks: what has happened since, from what the site showed. Read only, and worked out from the journal alone."""
