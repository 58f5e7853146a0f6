"""What an input costs: the real functions on a metered AWS in memory, by AWS's list prices."""
