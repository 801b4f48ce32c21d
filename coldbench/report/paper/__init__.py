"""What a paper takes from studies: a table over data sets, a paragraph on methods, references."""
