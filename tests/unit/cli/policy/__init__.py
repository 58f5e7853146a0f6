"""What `streamwarden policy` offers, beside the errors of a document (test_policy_document)."""
