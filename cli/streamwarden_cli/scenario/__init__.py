"""Scenarios: one language for "at this time, this happens on this channel".

`policy test` checks a scenario, `replay` plays it, `sim play` performs it on a running simulator.
"""
