"""The commands, one file each. Each is loaded when it is called."""
