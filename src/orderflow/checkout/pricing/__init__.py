"""What a checkout costs: shipping, tax and discounts, in minor units, always adding up."""
