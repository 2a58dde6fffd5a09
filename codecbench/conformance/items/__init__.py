"""The items of the kit: each module has functions that try one thing and say what they saw."""
