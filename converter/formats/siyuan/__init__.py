"""SiYuan: its documents and databases, and the containers that hold them."""
