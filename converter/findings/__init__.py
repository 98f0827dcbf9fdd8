"""The closed table of codes, the spool, the report and its renderings."""
