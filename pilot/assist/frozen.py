"""The frozen assistant: exported to MLflow's registry as one model, promoted when the report says go."""

from pilot.assist.assistant import Assistant
from pilot.assist.kept import restore


def frozen(version: str) -> Assistant:
    """Return the assistant of the registry under an alias or a version number.

    Raises
    ------
    InputError
        If there is none.
    """
    from pilot import track

    return restore(track.frozen_folder(version))
