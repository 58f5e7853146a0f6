"""Mirrors what is elsewhere: events that were seen, and moto's accounts, events and storage."""
