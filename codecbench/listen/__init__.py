"""Listening tests of a run's decoded speech: stimuli and configuration for webMUSHRA, and its answers read back."""
