"""From examples as they come to arrays of one shape, kept on disk.

From outside: `bag_of_words`, `prepared`, `resizing`, `summary`, `texts`,
`word_ids`.
"""
