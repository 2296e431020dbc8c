"""What customers answer to: learned online from counters, and drawn by Thompson sampling.

A bin's rate is shrunk towards the offer's rate times what that bin does to all offers, the offer's
rate towards the catalogue's, and the catalogue's towards what was expected (empirical Bayes, Efron
& Morris 1975); the bins' effects add up in log-odds. All counters fade by half-life.

`propensity` says what to read and what it means, `choosing` chooses, `showing` says what to add,
`explaining` shows every number. Import from these: the ports need only two of them.
"""
