"""Clock, event queue, lock, rate limits and call log: what every world runs on."""
