"""What there is to say about policies, said once: for docs/policy.md, editors and `policy explain`.

It is read off the rule kinds and the models, so that it is true of what runs.
"""
