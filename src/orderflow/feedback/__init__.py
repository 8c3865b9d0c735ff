"""What customers say about what they bought: given once an order, shown at its products, editable for a day."""
