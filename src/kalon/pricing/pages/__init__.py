"""Pages of prices and discounts, for whoever looks after them, and for whoever approves discounts."""
