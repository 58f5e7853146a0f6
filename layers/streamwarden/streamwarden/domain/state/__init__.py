"""What is remembered: values that only grow and merge in any order. Conclusions are for `facts`."""
