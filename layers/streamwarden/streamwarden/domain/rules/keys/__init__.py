"""Rules about keys. No key value is part of any fact."""
