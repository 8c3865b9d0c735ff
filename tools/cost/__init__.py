"""What 1,000 orders cost on AWS, from the calls that a run of orders really made."""
