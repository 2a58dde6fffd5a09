"""Train the vocoder of Codec 2's payloads."""
