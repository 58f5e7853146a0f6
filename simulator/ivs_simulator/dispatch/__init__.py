"""Brings calls to a world: routing, permissions, and clients in the same process."""
