"""Text formats: bytes to model and back. No files, no application."""
