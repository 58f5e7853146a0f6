"""What an account region holds, as plain state."""
