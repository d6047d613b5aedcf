"""From a notification to where its user is told: written, routed, handed out, sent, tried again.

`dispatch` is the one door into the log and writes the outbox with it, `routing` says where to and
when, `outbox` hands out what is due within the places that `availability` leaves, `delivering`
sends it within the limits that `allowance` knows, `switching` turns off and on and sends again.
"""
