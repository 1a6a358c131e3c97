"""Data of users: arrays, tables, texts and folders of images.

From outside: `own_data`.
"""
