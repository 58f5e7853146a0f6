"""What is allowed in a policy and yet cannot be meant: rules that never match, or say nothing new.

Only what can be proved is said: of each of these, no channel and no event could show otherwise.
"""
