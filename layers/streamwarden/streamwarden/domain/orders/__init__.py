"""What is done to a channel apart from breaches: quarantines and releases, and operators' stops.

A quarantine outlives the breach that it began with, and an operator's order needs none. So they are
followed here, step by step, from one decision to the next.
"""
