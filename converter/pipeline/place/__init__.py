"""`place`: where everything goes, decided once, before anything is written."""
