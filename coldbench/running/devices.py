"""Is there the device that somebody asks for? Answered before anything is read."""

from coldbench.errors import UsageError

__all__ = ["HERE", "refuse_missing_device"]

HERE = ("", "serial", "processes")  # backends whose jobs run on this machine, "" the default


def refuse_missing_device(device: str, backend: str | None = None) -> None:
    """Raises UsageError for a GPU that this machine does not have, where jobs run here."""
    if device == "cpu" or (backend or "") not in HERE:
        return
    import torch

    count, fix = torch.cuda.device_count(), "use --device cpu"
    if not torch.cuda.is_available() or not count:
        raise UsageError(f"device {device!r}: torch finds no CUDA device on this machine; {fix}")
    place = int(device.partition(":")[2] or 0)
    if place >= count:
        known = "cuda:0 alone" if count == 1 else f"cuda:0 to cuda:{count - 1}"
        raise UsageError(f"device {device!r}: torch finds {known} on this machine; {fix}")
