"""What an archive holds: notes, blocks, runs, and the values that say where they go. No I/O."""
