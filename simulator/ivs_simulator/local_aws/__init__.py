"""MiniStack, the local AWS, with Amazon IVS in it: `python -m ivs_simulator.local_aws`.

The one package that knows MiniStack: its service table, event bus, buckets and policy evaluation.
"""
