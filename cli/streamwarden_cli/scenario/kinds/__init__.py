"""The kinds of steps: what can happen on a channel, to an account and to the simulated IVS.

pydantic reads each, from a scenario and from the command line of `streamwarden sim`.
"""
