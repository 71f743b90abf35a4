"""Documents that stand for a guardian's ID card: a file each with its labels and the rule of its numbers."""
