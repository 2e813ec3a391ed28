"""What each part of the method is worth: rows, folds, cells and the table they make."""
