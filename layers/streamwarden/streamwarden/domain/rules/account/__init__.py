"""Rules about the account in a region, where its channels share what AWS allows."""
