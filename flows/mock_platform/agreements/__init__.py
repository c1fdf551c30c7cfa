"""The kind of site where the freelancer proposes an agreement and the client pays into one pool; all invented."""
