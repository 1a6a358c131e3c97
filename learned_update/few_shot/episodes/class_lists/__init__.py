"""Files of the names of classes that meta-testing is kept to."""
