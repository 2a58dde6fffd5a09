"""Payloads that somebody else made, as the input of decoders: a folder of files and a manifest."""

from codecbench.payloads.listing import PayloadListing, list_payloads
from codecbench.payloads.reading import coded_samples, read_payload

__all__ = ["PayloadListing", "coded_samples", "list_payloads", "read_payload"]
