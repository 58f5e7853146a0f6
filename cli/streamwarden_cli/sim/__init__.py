"""The simulator for people: a local AWS with Amazon IVS on it, and hands to play with it."""
