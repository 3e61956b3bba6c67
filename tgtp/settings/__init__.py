"""Every setting: read from the environment and ``.env``, checked, refused in one sentence."""
