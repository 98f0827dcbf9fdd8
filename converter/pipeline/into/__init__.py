"""Merging into a target that exists: what is there, what of it comes again, and what becomes of both."""
