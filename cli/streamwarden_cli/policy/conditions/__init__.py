"""What is wrong with a condition, found when the policy is checked and not at night."""
