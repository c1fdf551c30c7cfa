"""The steps from one version of the journal's tables to the next, a file each, as they were when they were written."""
