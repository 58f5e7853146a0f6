"""What all action kinds have in common; beside this package are the kinds, one module for each."""
