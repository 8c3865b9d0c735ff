"""Products, prices, stock and product images. Other contexts call `pricing.price_items` and catch `errors`."""
