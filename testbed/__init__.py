"""What tests and benchmarks play the product with. It imports neither of them."""
