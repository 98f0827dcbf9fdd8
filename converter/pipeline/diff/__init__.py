"""`diff`: what two archives of any formats say of the same items."""
