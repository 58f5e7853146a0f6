"""Stream keys of a deployed stack."""
