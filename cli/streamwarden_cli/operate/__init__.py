"""What a deployed stack knows and does, for the people who operate it.

One file a view: a pure function from what was read to sections of rows. `reading` and the modules
beside it read; the modules of `commands` put both together.
"""
