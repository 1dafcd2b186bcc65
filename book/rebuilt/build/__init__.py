"""Building the site: one builder at a time, a whole site or none."""
