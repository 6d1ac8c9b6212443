"""What is published: editions of collections, made of immutable parts that are read where they lie on the disk."""
