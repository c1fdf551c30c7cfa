"""An invented site that is one page: contracts and milestones as cards, paid for one at a time, in order."""
