"""Data of users: arrays, tables, texts and folders of images.

From outside: `image_files`, `image_paths`, `own_data`, `tables.columns`.
"""
