"""How long a stream lives that must not be: the deployed stack beside a bare Lambda function."""
