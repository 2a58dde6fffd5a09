"""A codec's own Python environment: made, found, asked what is in it, and spoken to over a pipe."""
