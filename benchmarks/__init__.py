"""How fast the converter is: a corpus of its own, every direction, and the floor beside it."""
