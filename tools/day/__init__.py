"""The retailer's day: real sales and made-up people through the hub's real entrances."""
