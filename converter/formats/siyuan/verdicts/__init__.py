"""What the application would say to single files: documents, databases, decks, settings."""
