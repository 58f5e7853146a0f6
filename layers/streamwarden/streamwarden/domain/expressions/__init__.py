"""`when`, `unless` and `where`: JMESPath over what is known, with a few functions of time."""
