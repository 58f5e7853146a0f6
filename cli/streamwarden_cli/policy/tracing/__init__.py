"""Where an incident would go by a policy, when, and why: what `streamwarden route` says."""
