"""The pages of a site: one file each for what a person would call a page, reading and acting as its profile says."""
