"""Cases of a policy: given this channel and these events, the rules say that. Played, not imitated:
what judges here are the services that are deployed, as in `streamwarden replay`.
"""
