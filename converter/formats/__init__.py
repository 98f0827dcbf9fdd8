"""One folder per system; every format shows the front of `converter.formats.front`."""
