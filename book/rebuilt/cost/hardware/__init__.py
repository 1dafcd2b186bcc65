"""Hardware: accelerators, layouts, and seconds, joules, bytes and dollars of a job."""
