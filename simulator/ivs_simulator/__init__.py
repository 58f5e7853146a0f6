"""Amazon IVS as a program: operations, encoders, viewers, events and recordings."""

__version__ = "0.1.0"
