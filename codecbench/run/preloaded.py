"""Imported by the fork server alone, when it starts."""

from codecbench.run.preloading import import_all

import_all()
