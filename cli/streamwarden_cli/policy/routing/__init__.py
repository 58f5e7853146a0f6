"""Who is told of what: the part of a policy about destinations, routes and inhibitions."""
