"""Addresses of hosts."""

import ipaddress


def is_loopback(host):
    """Whether a host is reached by this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def joined(host, port):
    """`host:port`, the host in brackets if it has colons itself."""
    bare = ":" in host and not host.startswith("[")
    return f"[{host}]:{port}" if bare else f"{host}:{port}"
