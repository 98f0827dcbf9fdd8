"""The way through the house: detect, index, plan, read, lift, lower, write, commit, verify. No format by name."""
