"""The mock platform as if it were live: under a host name of its own, over https, in a browser with a rig."""
