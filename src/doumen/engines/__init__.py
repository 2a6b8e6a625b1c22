"""What computes: a governed plan in, an Arrow stream out, in a process that holds nothing else."""
