"""What Mnemo itself takes, and where it stops (docs/formats/mnemo.md, "What the application refuses")."""
