"""Datasets of the Hugging Face Hub: `hf:OWNER/NAME@REVISION:SPLIT`, fetched on request (`codecbench[hub]`)."""
