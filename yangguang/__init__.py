"""The command line and the demonstration: the composition root, which nothing imports."""
