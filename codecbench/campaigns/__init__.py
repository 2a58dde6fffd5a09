"""Thousands of damaged inputs against what reads them: `codecbench dev campaign`."""
