"""What all action kinds have in common; `actions` holds the kinds, one module for each."""
