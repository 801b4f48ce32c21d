"""Is there the device that somebody asks for? Answered before anything is read."""

from coldbench.errors import UsageError

__all__ = ["HERE", "refuse_missing_device"]

HERE = ("", "serial", "processes")  # backends whose jobs run on this machine, "" the default


def refuse_missing_device(device: str, backend: str | None = None) -> None:
    """Raises UsageError for a GPU that this machine does not have, where jobs run here."""
    if device == "cpu" or (backend or "") not in HERE:
        return
    import torch

    count = torch.cuda.device_count()
    if not torch.cuda.is_available() or not count:
        told = "torch finds no CUDA device on this machine; use --device cpu"
        raise UsageError(f"device {device!r}: {told}")
    place = int(device.partition(":")[2] or 0)
    if place >= count:
        known = "cuda:0 alone" if count == 1 else f"cuda:0 to cuda:{count - 1}"
        raise UsageError(f"device {device!r}: torch finds {known} here; use --device cuda")
