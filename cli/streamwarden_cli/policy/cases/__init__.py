"""Cases of a policy: scenarios with what its rules are expected to decide. Played, not imitated:
what judges here are the services that are deployed, as in `streamwarden replay`.
"""
