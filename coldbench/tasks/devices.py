"""From the processor's memory to a GPU's without waiting for it."""

import torch

__all__ = ["to_device"]


def to_device(tensor: torch.Tensor, device: torch.device | str) -> torch.Tensor:
    """The tensor on a device; a GPU goes on with what it has to do while it gets there.

    A copy to the processor does wait: its values may be read at once.
    """
    return tensor.to(device, non_blocking=torch.device(device).type == "cuda")
