"""`streamwarden replay`: events through the real services, on a virtual clock, without AWS."""
