"""The operational monitor: what passed, how long it took, what failed; kept for a week and handed out on request.

Law: `ridgeway opmonitor run` is the only writer; gateways hand records over through `OpMonitorClient`, which needs no
Django. A record that is lost is lost: no message waits for it.
Read next: `store.py` (in), `reading.py` (out), `run.py` (the process).
"""
