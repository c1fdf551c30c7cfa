"""Contract tests of the mock platform, over HTTP and its command line."""
