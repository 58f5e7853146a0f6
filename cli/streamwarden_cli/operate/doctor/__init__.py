"""Whether account, region and deployment are as Streamwarden needs them.

Each check is one small function that reads and changes nothing. `checks.py` is the table of them.
"""
