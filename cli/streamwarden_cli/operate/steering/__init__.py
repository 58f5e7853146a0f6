"""Orders of operators: sent as the operator by an inbox, and seen to take effect.

An order is one file of `commands`: which command is sent, what is asked before it, and which part
of the controls it sets. Everything else is here.
"""
