"""What people write, in files: read with the place of every part, and checked to the last error."""
