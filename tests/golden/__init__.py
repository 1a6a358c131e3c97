"""Agreement with tensors that the authors' released graph computed."""
