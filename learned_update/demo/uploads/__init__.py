"""What a visitor drops: kept within limits, unpacked with care, read as data.

From outside: `kept_files`, `limits`, `notes`, `reading`.
"""
