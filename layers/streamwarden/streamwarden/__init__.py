"""Policy enforcement for Amazon IVS accounts: what runs in Lambda."""

__version__ = "0.1.0"
