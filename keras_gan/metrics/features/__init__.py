"""What metrics compare samples by: the features of a network."""
