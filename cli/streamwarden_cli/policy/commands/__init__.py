"""The sub-commands of `streamwarden policy`, one module each."""
