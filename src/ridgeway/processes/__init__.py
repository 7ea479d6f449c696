"""Processes kept running side by side: started, watched, brought back, stopped. Django never comes here."""

from ridgeway.processes.claiming import holding, require_free_port
from ridgeway.processes.probes import answers_at, has_socket, is_there
from ridgeway.processes.supervisor import Part, Probe, Supervisor

__all__ = ["Part", "Probe", "Supervisor", "answers_at", "has_socket", "holding", "is_there", "require_free_port"]
