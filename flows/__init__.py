"""The hands of Milepost: the process that owns a browser, and what it knows of each site."""
