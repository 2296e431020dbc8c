"""The retailer's day: real sales and invented people, sent to the hub's own entrances."""
