"""Request and response forms, errors, ARNs, pages and times: what travels."""
