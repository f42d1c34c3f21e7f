"""Quality: is a dataset sound, and how is it cut so that nothing leaks."""
