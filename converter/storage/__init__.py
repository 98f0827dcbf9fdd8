"""Safe containers: ZIP archives, SQLite databases, folder trees, names, limits. No knowledge of notes."""
