"""What `fit` and `evaluate` are given: checked, shared among workers, read from any position."""
