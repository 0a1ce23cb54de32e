"""What the network says: decision surface, confusion matrix, mistakes."""
