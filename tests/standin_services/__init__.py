"""Stand-ins for the services that carry messages: each module is one, found by its name.

A service checks what it gets as its own documentation has it, knows nothing of the transport that
sends, answers as the service does, and keeps what it took. See `base` for what a module defines,
`_server` for the server, `_faults` for how any of them misbehaves on order.
"""
