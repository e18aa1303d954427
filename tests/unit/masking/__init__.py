"""What is masked, for whom, in everything that is put out."""
