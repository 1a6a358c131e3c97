"""The paper's claims, and what it lacks: one function each, to table and figure."""

from learned_update.reproductions.registry import REPRODUCTIONS, Request, reproduce

__all__ = ["REPRODUCTIONS", "Request", "reproduce"]
