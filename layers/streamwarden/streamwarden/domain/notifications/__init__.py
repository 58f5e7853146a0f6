"""From an incident to the people who must know of it: keys, routes, messages."""
