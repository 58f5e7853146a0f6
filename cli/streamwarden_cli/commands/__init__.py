"""The sub-commands, one module each: arguments in, exit code out. Other packages do the work."""
