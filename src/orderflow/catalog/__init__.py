"""Products, prices, stock, ratings and product images. Others call `pricing.price_items` and catch `errors`."""
