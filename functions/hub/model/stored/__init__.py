"""The stored form of blocks of a customer, where it is another one than in memory."""
