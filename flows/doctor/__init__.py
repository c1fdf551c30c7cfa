"""The doctor: holds a profile against the pages of today, locator by locator, and changes nothing."""
