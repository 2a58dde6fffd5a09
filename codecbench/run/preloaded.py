"""Imported by the fork server alone, when it starts: see `codecbench.run.preloading`."""

import os

from codecbench.run.preloading import import_all

import_all()
# What goes wrong between it and us (too few open files) we say ourselves; it would add a traceback.
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
