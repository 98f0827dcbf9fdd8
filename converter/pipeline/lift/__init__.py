"""Lifting: the `⇐` rules, which undo what `lower` does and read a system's habits as what they mean."""
