"""Reports: decisions and their outcomes, for the people who pay for them."""
