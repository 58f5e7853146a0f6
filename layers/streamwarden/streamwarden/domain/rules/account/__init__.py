"""Rules about the account in a region: its channels share the limits and quotas of AWS."""
