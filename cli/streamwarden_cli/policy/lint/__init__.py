"""What is allowed in a policy and yet cannot be meant: rules that never match, or say nothing new.

Of most of these it is proved that no channel and no event could show otherwise. The others name
what is valid and rarely does what its author expects, such as a time zone without summer time.
"""
