"""What metrics compute of features: sums, neighbours, pyramids."""
