"""Tests of what runs without the package."""
