"""What messages are, for the pages and for people who try a destination."""
