"""Predicted mean opinion scores: what listeners would say of one signal, without its original."""

from codecbench.metrics.mos import distill, dnsmos

__all__ = ["distill", "dnsmos"]
