"""What the cards of this package share."""

HUB = "https://huggingface.co"
