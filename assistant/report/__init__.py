"""Reports from the journal: a page to read and print, a sheet to count with, a calendar of due dates."""
